import * as pulumi from "@pulumi/pulumi";

/** How many resources there are. */
const RESOURCES = Number(process.env.BENCH_USERS ?? 100);

// Baseline: dynamic resources that do nothing and print nothing, with a minimal provider.
const PROVIDER = `exports.handler = () => ({ create: async () => ({ id: "empty", outs: {} }) })`;

class Empty extends pulumi.CustomResource {
  constructor(name: string) {
    super("pulumi-nodejs:dynamic:Resource", name, { __provider: PROVIDER });
  }
}

for (let index = 0; index < RESOURCES; index++) {
  new Empty(`empty${index}`);
}
