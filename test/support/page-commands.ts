import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "./stack-programs";

/**
 * Returns the parts of the commands of a page that do not exist: scripts, tests, folders of examples, and options of
 * `pulumi-nats-auth`.
 *
 * @param usage what `pulumi-nats-auth --help` prints
 */
export function unknownParts(page: string, usage: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { scripts: object };
  const isInCheckout = (path: string) => existsSync(join(CHECKOUT, path));
  const find = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found = ""]) => found);
  const options = find(/\bpulumi-nats-auth( creds .*)$/gm).flatMap((args) => args.match(/ (creds|--[\w-]+)/g) ?? []);
  return [
    ...find(/\bnpm run (?:-s )?([\w:-]+)/g).filter((name) => !Object.hasOwn(scripts, name)),
    ...find(/(?<=[ `])(test\/[\w./-]+\.test\.ts)/g).filter((path) => !isInCheckout(path)),
    ...find(/ -C (examples\/[\w/-]+)/g).filter((path) => !isInCheckout(path)),
    ...options.filter((option) => !usage.includes(`${option} `)),
  ];
}
