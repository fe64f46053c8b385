import type * as pulumi from "@pulumi/pulumi";

/** A value each part of which may be an output of another resource. */
export type DeepInput<T> = T extends readonly (infer Element)[]
  ? pulumi.Input<readonly DeepInput<Element>[]>
  : T extends object
    ? pulumi.Input<{ [Key in keyof T]: DeepInput<T[Key]> }>
    : pulumi.Input<T>;
