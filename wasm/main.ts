/** All that the module exports. Addresses are offsets into its memory. */
export { combine, findCombination, learn, setContext, timesForgotten } from './combinations';
export { addMarker, findMarkers, markerRoom } from './markers';
export { outputsAt } from './outputs';
export {
  addPair,
  packedCount,
  packedEnd,
  packFrom,
  packLines,
  stoppedAt,
  stoppedCombination,
} from './packing';
export { keep, read } from './texts';
export { hasTrustedNames, trustName } from './trusted-names';
export { addNode, room, scan } from './walk';
