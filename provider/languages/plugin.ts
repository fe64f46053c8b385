import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { constructCluster, constructConfiguration } from "./construct";
import { COMPONENTS } from "./container";
import { schemaFor } from "./schema";

/** The folder of the package. */
const PACKAGE = join(__dirname, "../..");

type Construct = typeof constructCluster;

const CONSTRUCTORS: Readonly<Record<string, Construct>> = {
  [COMPONENTS.Cluster]: constructCluster,
  [COMPONENTS.Configuration]: constructConfiguration,
};

/** The provider of the components for programs in other languages than TypeScript. */
export const provider: pulumi.provider.Provider = {
  version: (JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { readonly version: string }).version,
  // The engine starts the plugin in the folder of the program.
  getSchema: () => Promise.resolve(schemaFor(process.cwd(), join(PACKAGE, "schemas/pulumi.json"))),
  async construct(name, type, inputs, options) {
    const construct = CONSTRUCTORS[type];
    if (construct === undefined) {
      throw new Error(`unknown component ${JSON.stringify(type)}`);
    }
    return construct(name, inputs, options);
  },
};
