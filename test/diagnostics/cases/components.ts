import { handlersDiagnostics, sdkDiagnostics } from "../../../provider/resources/handlers";
import * as pulumi from "@pulumi/pulumi";
import { accountKeyDiagnostics } from "../../../provider/components/account/account-model";
import type { AccountSettings } from "../../../provider/components/account/account-args";
import { expiryDiagnostics } from "../../../provider/components/account/account-users";
import { clusterArgsDiagnostics, type MixedAuthClusterArgs } from "../../../provider/components/cluster/cluster-args";
import {
  CHECK_ROLE,
  operatorDiagnostics,
  type OperatorArgs,
} from "../../../provider/components/operator/operator-args";
import { readGivenJwt } from "../../../provider/components/operator/operator-jwt";
import { Account, Operator, type Nkey } from "../../../provider";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { operatorClaims } from "../../../provider/jwt/claims";
import { signClaims } from "../../../provider/jwt/sign";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { mockEngine } from "../../support/mocks";
import { ISSUED_AT } from "../../support/world";
import { joined, type DiagnosticCase } from "./case";
import { modelDiagnostics } from "../../../provider/components/cluster/model-checks";
import { proxyArgsDiagnostics } from "../../../provider/components/configuration/shared-settings";

const SIGNER = seedOf("operator", "signing");

/** Signs the JWT of an operator with one signing key. */
function operatorJwt(systemAccount: string, expires?: number): Promise<string> {
  const keys = { publicKey: keyOf("operator", "KO"), signingKeys: [keyOf("operator", "signing")] };
  const claims = operatorClaims({ name: "KO", ...keys, systemAccount });
  const validity = { issuedAt: ISSUED_AT, ...(expires === undefined ? {} : { expires }) };
  return signClaims(claims, pairOf("operator", "KO"), validity);
}

const SYS = keyOf("account", "SYS");

function account(settings: AccountSettings): Promise<readonly Diagnostic[]> {
  return joined(accountKeyDiagnostics(settings));
}

async function operator(args: OperatorArgs): Promise<readonly Diagnostic[]> {
  const given = args.jwt === undefined ? undefined : pulumi.output(args.jwt).apply((jwt) => readGivenJwt(jwt));
  return joined(operatorDiagnostics(args, pulumi.output("KO"), given));
}

/** Inputs that produce each code of the area. */
export const COMPONENTS_CASES: readonly DiagnosticCase[] = [
  {
    name: "an account with a public key and a seed",
    codes: ["NA4001"],
    find: () => account({ publicKey: keyOf("account", "A"), seed: seedOf("account", "A") }),
  },
  {
    name: "an account with an Nkey of a user and a seed",
    codes: ["NA4002", "NA4001"],
    find: () => account({ key: { kind: pulumi.output("user") } as unknown as Nkey, seed: seedOf("account", "A") }),
  },
  {
    name: "a role with a public key and a seed",
    codes: ["NA4001"],
    find: () => account({ roles: { r: { publicKey: keyOf("account", "r"), seed: seedOf("account", "r") } } }),
  },
  {
    name: "a user with a role whose seed is not managed here",
    codes: ["NA4003"],
    find: () => account({ roles: { r: { publicKey: keyOf("account", "r") } }, users: { u: { role: "r" } } }),
  },
  {
    name: "a role of the system account with the reserved name",
    codes: ["NA4004"],
    find: () => operator({ systemAccount: { roles: { [CHECK_ROLE]: {} } } }),
  },
  {
    name: "a system account with JetStream and an authorization service",
    codes: ["NA4005", "NA4005"],
    find: () => operator({ systemAccount: { jetstream: {}, authorization: { users: ["u"] } } }),
  },
  {
    name: "an offline identity key with a seed",
    codes: ["NA4006"],
    find: () => operator({ identityKey: "offline", seed: seedOf("operator", "KO") }),
  },
  {
    name: "arguments next to an operator JWT that fixes them",
    codes: ["NA4007", "NA4006", "NA4007", "NA4007", "NA4007"],
    find: async () =>
      operator({
        jwt: await operatorJwt(SYS),
        signer: SIGNER,
        rotation: { overlap: "24h" },
        identityKey: "offline",
        seed: seedOf("operator", "KO"),
        tags: ["a"],
      }),
  },
  {
    name: "an operator JWT that is cut off",
    codes: ["NA4008"],
    find: async () => operator({ jwt: (await operatorJwt(SYS)).slice(0, 40), signer: SIGNER }),
  },
  {
    name: "an expired operator JWT",
    codes: ["NA4008"],
    find: async () => operator({ jwt: await operatorJwt(SYS, ISSUED_AT + 1), signer: SIGNER }),
  },
  {
    name: "a user whose credentials have expired",
    codes: ["NA4009"],
    find: () => expiryDiagnostics("clerk", "2026-03-01T12:00:00Z", Date.parse("2026-03-02T12:00:00Z") / 1000),
  },
  {
    name: "an operator JWT without a signer",
    codes: ["NA4010"],
    find: async () => operator({ jwt: await operatorJwt(SYS) }),
  },
  {
    name: "a signer that the operator JWT does not list",
    codes: ["NA4011"],
    find: async () => operator({ jwt: await operatorJwt(SYS), signer: seedOf("operator", "other") }),
  },
  {
    name: "a system account with a different key than the operator JWT names",
    codes: ["NA4012"],
    find: async () =>
      operator({
        jwt: await operatorJwt(SYS),
        signer: SIGNER,
        systemAccount: { publicKey: keyOf("account", "other") },
      }),
  },
  {
    name: "an operator JWT as an output without a system account",
    codes: ["NA4013"],
    find: async () => operator({ jwt: pulumi.output(await operatorJwt("")), signer: SIGNER }),
  },
  {
    name: "an account of a different operator",
    codes: ["NA4020"],
    find: async () => {
      await mockEngine();
      const [one, two] = [new Operator("one", { systemAccount: { users: { sys: {} } } }), new Operator("two")];
      const accounts = [new Account("A", { operator: two })];
      return joined(modelDiagnostics("nats", { operator: one, accounts }));
    },
  },
  {
    name: "a trusted proxy whose key has a typing error",
    codes: ["NA4023"],
    find: () => {
      const operatorStub = { systemAccount: { declaration: pulumi.output({}) } };
      const args = { operator: operatorStub, accounts: [], trustedProxies: ["NA"] };
      return joined(proxyArgsDiagnostics(args as unknown as MixedAuthClusterArgs));
    },
  },
  {
    name: "references and other values in place of the parts of a cluster",
    codes: ["NA1003", "NA4050", "NA1002", "NA1003"],
    find: () => {
      const reference = { accountName: "A", publicKey: keyOf("account", "A"), jwt: "eyJ" };
      const args = { operator: { signer: SIGNER }, accounts: [reference, undefined, "A"] };
      return clusterArgsDiagnostics(args as unknown as MixedAuthClusterArgs);
    },
  },
  {
    name: "an operator and an account of a different version of the package",
    codes: ["NA4051", "NA4051"],
    find: () => {
      const component = (name: string) => ({ __pulumiType: `nats-auth:index:${name}` });
      const args = { operator: component("Operator"), accounts: [component("Account")] };
      return clusterArgsDiagnostics(args as unknown as MixedAuthClusterArgs);
    },
  },
  {
    name: "keys that are outputs without a value",
    codes: ["NA4052", "NA4052", "NA4052", "NA4052"],
    find: async () => {
      const missing = pulumi.output(undefined) as unknown as pulumi.Output<string>;
      const found = await account({
        publicKey: missing,
        users: { u: { publicKey: missing }, v: { seed: missing } },
      });
      return [...found, ...(await operator({ signer: missing }))];
    },
  },
  {
    name: "a revocation of the system account in the future",
    codes: ["NA4053"],
    find: () => operator({ systemAccount: { revocations: { "*": "2999-01-01T00:00:00Z" } } }),
  },
  {
    name: "a package that the engine does not find, or finds in another version",
    codes: ["NA4084", "NA4085"],
    find: () => [
      ...handlersDiagnostics("/program", "1.0.0", undefined),
      ...handlersDiagnostics("/program", "1.0.0", "1.1.0"),
      ...handlersDiagnostics("/program", "1.0.0", "1.0.0"),
      ...handlersDiagnostics("/program", undefined, "1.0.0"),
    ],
  },
  {
    name: "an SDK that the engine does not find",
    codes: ["NA4084"],
    find: () => [...sdkDiagnostics("/program", false), ...sdkDiagnostics("/program", true)],
  },
];
