import fc from "fast-check";
import { join } from "node:path";
import type { Experiment } from "../support/campaign/campaign";
import type { FileDraft } from "./file/draft";
import { files } from "./file/generate";
import { fileOriginal } from "./file/original";
import type { StoreDraft } from "./store/draft";
import { stores } from "./store/generate";
import { storeOriginal } from "./store/original";
import { tryOriginal } from "./run";

/** An nsc store or a static configuration, before anything of it is signed or written. */
export type Draft = { readonly store: StoreDraft } | { readonly file: FileDraft };

/** The folder of former mismatches. */
export const CASES = join(__dirname, "cases");

/** Adopts generated nsc stores and static configurations, and compares what clients may do before and after. */
export const EXPERIMENT: Experiment<Draft> = {
  inputs: fc.oneof(
    stores.map((store) => ({ store })),
    files.map((file) => ({ file })),
  ),
  attempt: (draft) =>
    tryOriginal((folder) => ("store" in draft ? storeOriginal(draft.store, folder) : fileOriginal(draft.file, folder))),
};
