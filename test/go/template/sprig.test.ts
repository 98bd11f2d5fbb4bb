import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TemplateExecError } from '../../../src/go/template/errors.js';
import { bcryptHash } from '../../../src/go/template/sprig/bcrypt.js';
import { parseTemplate } from '../../../src/go/template/template.js';
import { templateFunctions } from '../../../src/go/template/template-functions.js';

const now = Date.UTC(2024, 4, 1, 10, 20, 30, 500);

function render(template: string): string {
  const functions = templateFunctions({ environment: { NAME: 'value', A: '1' }, now: () => now });
  return parseTemplate(template, functions).execute(new Map());
}

describe('what depends on the machine', () => {
  it('reads the clock it is given', () => {
    expect(
      render('{{ now.Unix }} {{ now | unixEpoch }} {{ (now.UTC).Format "2006-01-02 15:04:05.000" }}'),
    ).toBe('1714558830 1714558830 2024-05-01 10:20:30.500');
    expect(render('{{ ago (now.Add -90500000000) }} {{ durationRound (now.Add -7200000000001) }}')).toBe(
      '1m31s 2h',
    );
  });

  it('reads the environment it is given', () => {
    expect(render('{{ env "NAME" }}|{{ env "NOPE" }}|{{ env "constructor" }}')).toBe('value||');
    expect(render('{{ expandenv "$NAME-${A}-$NOPE-$1x-${}-$%-$-${" }}')).toBe('value-1--x--$%-');
  });

  it('looks up hosts', () => {
    expect(['127.0.0.1', '::1']).toContain(render('{{ getHostByName "localhost" }}'));
    expect(() => render('{{ getHostByName "no such host" }}')).toThrow(TemplateExecError);
  });
});

describe('what is random', () => {
  it.each([
    ['{{ randAlpha 20 }}', /^[A-Za-z]{20}$/],
    ['{{ randAlphaNum 20 }}', /^[A-Za-z\d]{20}$/],
    ['{{ randNumeric 20 }}', /^\d{20}$/],
    ['{{ randAscii 20 }}', /^[ -~]{20}$/],
    ['{{ randAlpha 0 }}{{ randAlpha -1 }}', /^$/],
    ['{{ randBytes 3 }}', /^[\w+/]{4}$/],
    ['{{ randInt 5 7 }}', /^[56]$/],
    ['{{ uuidv4 }}', /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/],
    ['{{ htpasswd "user" "secret" }}', /^user:\$2a\$10\$[./\w]{53}$/],
    ['{{ htpasswd "a:b" "secret" }}', /^invalid username: a:b$/],
    [
      '{{ bcrypt (repeat 73 "x") }}',
      /^failed to encrypt string with bcrypt: password length exceeds 72 bytes$/,
    ],
  ])('%s', (template, pattern) => expect(render(template)).toMatch(pattern));

  it('keeps all characters when shuffling', () => {
    expect([...render('{{ shuffle "abcdéfg" }}')].sort().join('')).toBe('abcdfgé');
  });

  it('decrypts what it encrypted', () => {
    expect(render('{{ encryptAES "key" "plain é" | decryptAES "key" }}|{{ encryptAES "key" "" }}')).toBe(
      'plain é|',
    );
    expect(() => render('{{ decryptAES "key" "AAAA" }}')).toThrow(TemplateExecError);
  });
});

// Salted with zero bytes; Go's bcrypt takes them for the hashes of these passwords.
it.each([
  ['x', '$2a$04$......................8QPuF36SqwZ1d9QO3taNcRXHOtLxpvS'],
  ['correct horse', '$2a$04$......................IBkH8pjfkDYmjZtzsiFYGYLacsaGHyW'],
  ['', '$2a$04$......................w74bL5gU7LSJClZClCa.Pkz14aTv/XO'],
])('hashes %j as bcrypt does', (password, hash) => {
  expect(bcryptHash(Buffer.from(password), new Uint8Array(16), 4)).toBe(hash);
});

describe('keys', () => {
  it.each([
    ['ecdsa', 'EC PRIVATE KEY', 'ec'],
    ['ed25519', 'PRIVATE KEY', 'ed25519'],
    ['dsa', 'DSA PRIVATE KEY', 'dsa'],
    ['rsa', 'RSA PRIVATE KEY', 'rsa'],
  ])('of kind %s', (kind, label, type) => {
    const pem = render(`{{ genPrivateKey "${kind}" }}`);
    expect(pem).toMatch(new RegExp(`^-----BEGIN ${label}-----\n`));
    expect(createPrivateKey(pem).asymmetricKeyType).toBe(type);
  });

  it('of another kind are an error in words', () => {
    expect(render('{{ genPrivateKey "x" }}')).toBe('Unknown type x');
  });
});

describe('certificates', () => {
  it('are signed by an authority', () => {
    const [authority, leaf, key] = render(
      '{{ $ca := genCA "root é" 10 }}{{ $c := genSignedCert "leaf" (list "10.0.0.1" "2001:db8::5") (list "a.io") 5 $ca }}' +
        '{{ $ca.Cert }};{{ $c.Cert }};{{ $c.Key }}',
    ).split(';');
    const issuer = new X509Certificate(authority!);
    const certificate = new X509Certificate(leaf!);
    expect(issuer.ca).toBe(true);
    expect(issuer.subject).toBe('CN=root é');
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('CN=leaf');
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.subjectAltName).toBe('DNS:a.io, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:5');
    expect(certificate.checkPrivateKey(createPrivateKey(key!))).toBe(true);
    expect(certificate.validFromDate.getTime()).toBe(Math.floor(now / 1000) * 1000);
    expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBe(5 * 86_400_000);
  });

  it.each(['ecdsa', 'ed25519'])('take a key of kind %s', (kind) => {
    const pem = render(
      `{{ $k := genPrivateKey "${kind}" }}{{ $ca := genCAWithKey "ca" 1 $k }}` +
        '{{ $self := genSelfSignedCertWithKey "x" nil (list) 1 $k }}{{ $self.Cert }};' +
        '{{ (genSignedCertWithKey "y" nil nil 1 $ca $k).Cert }}',
    );
    const [self, signed] = pem.split(';').map((text) => new X509Certificate(text));
    expect(self!.verify(self!.publicKey)).toBe(true);
    expect(signed!.verify(self!.publicKey)).toBe(true);
    expect(signed!.issuer).toBe('CN=ca');
  });

  it('are taken ready-made', () => {
    expect(
      render(
        '{{ $c := genSelfSignedCert "x" nil nil 1 }}' +
          '{{ $d := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}{{ eq $c.Cert $d.Cert }} {{ eq $c.Key $d.Key }}',
      ),
    ).toBe('true true');
  });

  it.each([
    '{{ genSelfSignedCert "x" (list "nope") nil 1 }}',
    '{{ genSelfSignedCert "x" (list 1) nil 1 }}',
    '{{ genCAWithKey "x" 1 "no key" }}',
    '{{ genCAWithKey "x" 1 (genPrivateKey "dsa") }}',
    '{{ buildCustomCert "x" "y" }}',
    '{{ genSignedCert "x" nil nil 1 "ca" }}',
  ])('are refused: %s', (template) => expect(() => render(template)).toThrow(TemplateExecError));
});

it('refuses to make a list that would fill the memory', () => {
  expect(() => render('{{ until 100000000 }}')).toThrow('a list of 100000000 numbers is too long');
});
