import * as pulumi from "@pulumi/pulumi";
import type { RemoteSecret } from "../../config/remotes";
import { diagnose, joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { HubLogin, RemoteLogin } from "../../model/cluster/remotes";
import { omitUndefined } from "../../model/form/order";
import { hasShape, stringShape } from "../../model/form/shape";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import { suppliedCreds } from "../../read/creds";
import { asKnown } from "../validation";
import type { RemoteArgs } from "./remote-args";

type Logins = Pick<RemoteArgs, "creds" | "seed" | "user" | "password">;

/** Returns how a remote logs in: the first way, if it has several, which is reported elsewhere. */
export function loginOf({ creds, seed, user, password }: Logins): RemoteLogin {
  if (creds !== undefined) {
    return "creds";
  }
  if (seed !== undefined) {
    return "seed";
  }
  return user === undefined && password === undefined ? "none" : "password";
}

/** Returns the login of a remote, as a secret; undefined without any, or if it is invalid. */
export function secretOf(args: Logins, login: RemoteLogin): pulumi.Output<RemoteSecret | undefined> {
  const { creds, seed, user, password } = args;
  return pulumi
    .secret(pulumi.output({ creds, seed, user, password }))
    .apply((given) => (problemsOf(given, login).length === 0 ? toSecret(given, login) : undefined));
}

function toSecret(
  { creds = "", seed = "", user = "", password = "" }: Readonly<Record<keyof Logins, string | undefined>>,
  login: RemoteLogin,
): RemoteSecret | undefined {
  switch (login) {
    case "creds":
      return { creds };
    case "seed":
      return { seed };
    case "password":
      return { user, password };
    case "none":
      return undefined;
  }
}

/** Returns the known parts of a login at the hub; undefined while a preview does not know it. */
export function hubLoginOf(secret: pulumi.Output<RemoteSecret | undefined>): pulumi.Output<HubLogin | undefined> {
  return asKnown(
    pulumi.unsecret(secret.apply((known) => (known === undefined ? undefined : toHubLogin(known)))),
    undefined,
  );
}

function toHubLogin(secret: RemoteSecret): HubLogin {
  if ("creds" in secret) {
    const { account, seed } = suppliedCreds(secret.creds) ?? {};
    return omitUndefined<HubLogin>({ account, user: seed && keyPairFromSeed("user", seed).getPublicKey() });
  }
  return { user: "seed" in secret ? keyPairFromSeed("user", secret.seed).getPublicKey() : secret.user };
}

/** Checks how a remote logs in. Values are not shown. */
export function loginDiagnostics(path: string, args: Logins): pulumi.Output<readonly Diagnostic[]> {
  const { creds, seed, user, password } = args;
  const ways = [creds, seed, user ?? password].filter((way) => way !== undefined);
  const combined = diagnose({
    code: "NA1771",
    path,
    problem: ways.length > 1 ? "has several logins" : undefined,
    remedy: "Set one of `creds`, `seed`, and `user` with `password`.",
  });
  return pulumi.unsecret(
    pulumi
      .output({ creds, seed, user, password })
      .apply((given) => [
        ...combined,
        ...problemsOf(given, loginOf(args)).map((one) => ({ ...one, path: joinPath(path, one.path) })),
      ]),
  );
}

function problemsOf(given: Readonly<Record<keyof Logins, unknown>>, login: RemoteLogin): Diagnostic[] {
  const { creds, seed, user, password } = given;
  switch (login) {
    case "creds":
      return diagnose({
        code: "NA1772",
        path: "creds",
        problem: isCreds(creds) ? undefined : "is not the content of a creds file with the seed of a user",
        remedy: "Use `creds` of a user of the hub.",
      });
    case "seed":
      return diagnose({
        code: "NA1772",
        path: "seed",
        problem: isSeed(seed) ? undefined : "is not the seed of a user",
        remedy: "Use a seed that begins with `SU`.",
      });
    case "password":
      return Object.entries({ user, password }).flatMap(([name, value]) =>
        diagnose({
          code: "NA1772",
          path: name,
          problem:
            hasShape(stringShape, value) && value !== "" ? undefined : "is missing, or is not a string of Unicode",
          remedy: "Set `user` and `password` together.",
        }),
      );
    case "none":
      return [];
  }
}

function isSeed(value: unknown): boolean {
  return typeof value === "string" && seedProblem("user", value) === undefined;
}

function isCreds(value: unknown): boolean {
  return typeof value === "string" && isSeed(suppliedCreds(value)?.seed);
}
