import { dirname, join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { digestOf } from "../lib/digest";
import { goBuild } from "../lib/go";
import { which } from "../lib/path";
import { PULUMI_TAGS } from "./pulumi-cli";

const NAME = "pulumi-language-yaml";
const module = join(__dirname, "../modules/yaml-host");

/** Returns the folder of the language host for YAML: the one of the Pulumi CLI on PATH, else one that is built from its module. */
export async function yamlHost(): Promise<string> {
  const present = which(NAME);
  if (present !== undefined) return dirname(present);
  return ensureCached(`yaml-host-${digestOf(module)}-${platform}`, (draft) =>
    goBuild("Pulumi's language host for YAML", {
      what: "Building Pulumi's language host for YAML from its Go module: one to five minutes, once",
      args: [
        ...["build", "-v", "-trimpath", ...PULUMI_TAGS, "-ldflags", "-s -w"],
        ...["-o", join(draft, NAME), "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"],
      ],
      cwd: module,
    }),
  );
}
