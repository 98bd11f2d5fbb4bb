/** Names change while they are being looked at; so often we look again before we leave it to the next time. */
const maxLooks = 5;

/** What is at a name is not what was there a moment ago. */
export class MovedError extends Error {
  readonly code = 'EMOVED';
}

/** Does it again when names were moved in the middle of it. */
export async function repeatWhileMoving<T>(work: () => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MovedError) || looks >= maxLooks) throw error;
    }
  }
}
