/** Returns the time in whole seconds since 1970, as tokens state it. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
