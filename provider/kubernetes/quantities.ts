/** The units of Kubernetes for amounts of data, in bytes. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = /^(\d+(?:\.\d+)?)(m|[kMGTPE]|[KMGTPE]i|e\d+)?$/;

/** Returns whether a text is an amount of a resource, such as `500m` or `2Gi`. */
export function isQuantity(text: unknown): boolean {
  return typeof text === "string" && QUANTITY.test(text);
}

/** Returns an amount of data in bytes; undefined for units that data does not have. */
export function fromQuantity(quantity: string): number | undefined {
  const [, amount = "", unit = ""] = QUANTITY.exec(quantity) ?? [];
  const { [unit]: bytes } = UNITS;
  return bytes === undefined || amount === "" ? undefined : Number(amount) * bytes;
}

/** Returns nine tenths of an amount of memory in whole bytes; undefined for units that memory does not have. */
export function softMemoryLimit(quantity: string): number | undefined {
  const bytes = fromQuantity(quantity);
  // A tenth remains for what Go does not count, such as the stacks of threads.
  return bytes === undefined ? undefined : Math.floor(bytes * 0.9);
}

/** Returns the quantity for a number of bytes. */
export function toQuantity(bytes: number): string {
  const MEBIBYTE = 2 ** 20;
  return `${Math.ceil(bytes / MEBIBYTE)}Mi`;
}
