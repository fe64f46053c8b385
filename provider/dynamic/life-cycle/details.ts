/**
 * The property that holds what a preview does not need to show. `--diff` lists every unchanged property of a resource
 * beside the changed ones, except properties whose names begin with two underscores.
 */
export const DETAILS = "__details";
