import type { KeyKind } from "../../../provider/nkeys/key-kinds";

/** A key of the recorded stores, identified by a label as in all tests. */
export interface NscKey {
  readonly kind: KeyKind;
  readonly label: string;
}

const of = (kind: KeyKind, ...labels: string[]): NscKey[] => labels.map((label) => ({ kind, label }));

/** Every key of the recorded stores. */
export const NSC_KEYS: readonly NscKey[] = [
  ...of("operator", "KO", "STRICT", "STRICT signing"),
  ...of("account", "SYS", "A", "B", "STRICT SYS", "STRICT SYS signing", "C", "C signing", "C reader", "C lost"),
  ...of("user", "SYS/sys", "A/test", "A/answers", "A/narrow", "A/bearer", "A/gone", "B/test"),
  ...of("user", "C/plain", "C/reader", "C/lost"),
];
