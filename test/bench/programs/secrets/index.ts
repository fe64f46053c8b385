import * as pulumi from "@pulumi/pulumi";

/** How many resources there are. */
const RESOURCES = Number(process.env.BENCH_USERS ?? 100);

// what the engine needs for a secret of the length of a seed in each of them.
const PROVIDER = `exports.handler = () => ({
  create: async () => ({ id: "secret", outs: { seed: require("crypto").randomBytes(29).toString("hex") } }),
})`;

class Secret extends pulumi.CustomResource {
  constructor(name: string) {
    const props = { __provider: PROVIDER, seed: undefined };
    super("pulumi-nodejs:dynamic:Resource", name, props, { additionalSecretOutputs: ["seed"] });
  }
}

for (let index = 0; index < RESOURCES; index++) {
  new Secret(`secret${index}`);
}
