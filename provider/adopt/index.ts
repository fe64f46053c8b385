export { readNscStore, type NscStoreArgs } from "./nsc-store";
export { readStaticConfig, type StaticConfigArgs } from "./static-config";
export { mergeAdopted } from "./merge";
export type { Adopted, AdoptedKeys, OmittedKeys } from "./adopted";
export type { Acceptances } from "../parity/acceptance";
export type { Diagnostic } from "../diagnostics/diagnostic";
export { type Problem, Unreadable } from "../diagnostics/unreadable";
