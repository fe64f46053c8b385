/** A name in a sentence: as it is where it is plain, in quotes where it could be taken for something else. */
export function named(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.:@-]*$/u.test(name) ? name : JSON.stringify(name);
}

/** A value in a sentence, such as a subject or an address: as it is where it is plain, in quotes otherwise. */
export function plain(text: string): string {
  return /^[\p{L}\p{N}\p{M}_.:@$*>/{}()+-]+$/u.test(text) ? text : JSON.stringify(text);
}

/** How many values a sentence names before it only counts. */
const FEW = 5;

/** Some values in a sentence, joined by a word: `a, b or c`; of many, the first. */
export function some(values: readonly string[], word: "and" | "or"): string {
  const first = values.slice(0, FEW).map(plain);
  const parts = values.length > FEW ? [...first, counted(values.length - FEW, "other")] : first;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1) ?? ""}`;
}

/** A number of things: `1 claim`, `2 claims`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
