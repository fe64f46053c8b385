import { join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { digestOf } from "../lib/digest";
import { goBuild } from "../lib/go";
import { PULUMI_TAGS } from "./pulumi-cli";

const NAME = "generate";
const module = join(__dirname, "../modules/pulumi-cli");

/** Builds the program that generates packages for other languages from a schema. @returns its path */
export async function sdkGenerator(): Promise<string> {
  const folder = await ensureCached(`sdk-generator-${digestOf(module)}-${platform}`, (draft) =>
    goBuild("the generator of packages for other languages", {
      what: "Building Pulumi's generators of packages from their Go module: a minute after the Pulumi CLI, once",
      // With the flags of the CLI, whose packages are compiled already.
      args: [
        ...["build", "-v", "-trimpath", ...PULUMI_TAGS, "-ldflags", "-s -w"],
        ...["-o", join(draft, NAME), "./generate"],
      ],
      cwd: module,
    }),
  );
  return join(folder, NAME);
}
