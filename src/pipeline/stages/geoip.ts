import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type AsnResponse, type CityResponse, Reader, type Response } from 'mmdb-lib';
import { ConfigError } from '../../fields/problems.js';
import { optional, required, stageStruct, type Value } from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import { formatGoFloatShortest } from '../../go/strconv.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = stageStruct({
  db: required(nonEmpty(stageText)),
  db_type: required(nonEmpty(stageText)),
  source: optional(nonEmpty(stageText)),
});

/** Sets labels to what a GeoIP database knows about an extracted address. */
export const geoip: StageKind<Value<typeof schema>> = {
  name: 'geoip',
  schema,
  build({ db, db_type, source }, { log }) {
    const reader = open(db);
    const labelsOf = labelsFor(db_type, reader.metadata.databaseType);
    if (labelsOf === undefined || source === undefined) {
      log.warn(
        { db, db_type, source },
        'geoip stage does nothing: no source, or db_type is not what the database is',
      );
      return eachEntry(() => true);
    }
    return eachEntry((entry, extracted) => {
      const address = toText(extracted.get(source));
      const record = address === undefined ? null : lookUp(reader, address);
      if (record === null) return true;
      for (const [name, value] of labelsOf(record)) if (value) entry.labels = entry.labels.with(name, value);
      return true;
    });
  },
};

function open(path: string): Reader<Response> {
  try {
    return new Reader(readFileSync(path));
  } catch (error) {
    throw new ConfigError(`geoip stage: cannot open ${path}: ${(error as Error).message}`, { cause: error });
  }
}

type LabelPairs = readonly (readonly [name: string, value: string | undefined])[];
type LabelsOf = (record: Response) => LabelPairs;

/** Undefined when there is nothing to find: another `db_type` than these two, or a database of another kind. */
function labelsFor(dbType: string, databaseType: string): LabelsOf | undefined {
  if (dbType === 'city' && /City|Country|Enterprise/.test(databaseType)) return cityLabels as LabelsOf;
  if (dbType === 'asn' && /ASN|ISP/.test(databaseType)) return asnLabels as LabelsOf;
  return undefined;
}

/** Null when nothing is known, or `address` is none. */
function lookUp(reader: Reader<Response>, address: string): Response | null {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return null;
  const v4 = version === 4 ? address : mappedV4(address);
  if (v4 === undefined && reader.metadata.ipVersion === 4) return null;
  return reader.get(v4 ?? address);
}

/** The IPv4 address in an IPv6 one such as `::ffff:192.0.2.1`. */
function mappedV4(address: string): string | undefined {
  const canonical = new URL(`http://[${address}]`).hostname;
  const groups = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)]$/.exec(canonical);
  if (groups === null) return undefined;
  const [high, low] = [Number.parseInt(groups[1]!, 16), Number.parseInt(groups[2]!, 16)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function cityLabels({ city, continent, country, location, postal, subdivisions }: CityResponse): LabelPairs {
  const subdivision = subdivisions?.at(-1);
  const { latitude = 0, longitude = 0 } = location ?? {};
  const hasPlace = latitude !== 0 || longitude !== 0;
  return [
    ['geoip_city_name', city?.names?.en],
    ['geoip_country_name', country?.names?.en],
    ['geoip_continent_name', continent?.names?.en],
    ['geoip_continent_code', continent?.code],
    ['geoip_location_latitude', hasPlace ? formatGoFloatShortest(latitude) : undefined],
    ['geoip_location_longitude', hasPlace ? formatGoFloatShortest(longitude) : undefined],
    ['geoip_postal_code', postal?.code],
    ['geoip_timezone', location?.time_zone],
    ['geoip_subdivision_name', subdivision?.names?.en],
    ['geoip_subdivision_code', subdivision?.iso_code],
  ];
}

function asnLabels({
  autonomous_system_number: number,
  autonomous_system_organization: organization,
}: AsnResponse): LabelPairs {
  return [
    ['geoip_autonomous_system_number', number ? String(number) : undefined],
    ['geoip_autonomous_system_organization', organization],
  ];
}
