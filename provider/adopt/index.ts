export { readNscStore, type NscStoreArgs } from "./nsc-store";
export { readStaticConfig, type StaticConfigArgs } from "./static-config";
export type { Adopted } from "./adopted";
export type { Diagnostic } from "../model/form/diagnostics";
export { Unreadable } from "../read/unreadable";
