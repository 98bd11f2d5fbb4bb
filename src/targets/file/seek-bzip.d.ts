/** The package has no types of its own; see bunzip2.ts for the part of it that we use. */
declare module 'seek-bzip' {
  const Bunzip: unknown;
  export default Bunzip;
}
