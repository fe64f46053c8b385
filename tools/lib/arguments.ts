import { ToolError } from "./say";

/** The flags of the engine that people give to `npm start`; npm makes a setting of its own of each that it sees. */
const FLAGS = ["config", "config-file", "diff", "parallel", "refresh", "replace", "stack", "target"];

/**
 * Refuses what npm has taken for itself: from `npm start --config a=b` only `a=b` gets here, from `npm start --refresh`
 * nothing does, and the deployment would be another one than what was asked for.
 *
 * @param script how the npm script is run, such as `npm start`
 * @throws ToolError with the right form
 */
export function refuseEaten(script: string, args: string[]): void {
  const settingOf = (flag: string) => process.env[`npm_config_${flag.replace("-", "_")}`];
  const eaten = FLAGS.filter((flag) => settingOf(flag) !== undefined);
  const positional = args.filter((arg, at) => !arg.startsWith("-") && args[at - 1]?.startsWith("-") !== true);
  if (eaten.length === 0 && positional.length === 0) return;
  const seen = [...eaten.map((flag) => `--${flag}`), ...positional].join(" ");
  const flag = eaten[0] ?? "config";
  const setting = settingOf(flag);
  const value = setting === undefined || setting === "true" ? positional[0] : setting;
  const example = `--${flag} ${value ?? (flag === "config" ? "staticPort=14222" : "")}`.trim();
  throw new ToolError(
    `Options for Pulumi come after \`--\`: npm keeps them for itself otherwise (seen: ${seen}).`,
    `For example: ${script} -- ${example}`,
  );
}
