import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, Operator, UserSet } from "../../provider";
import { constructConfiguration } from "../../provider/languages/construct";
import { EXPORTER, IMPORTER, INFO } from "../parity/everything";
import { asInPlugin, problems } from "../support/construct";
import { keyOf, seedOf } from "../support/keys";
import { valueOf } from "../support/mocks";

const SEEDS = {
  ...{ operator: seedOf("operator", "KO"), signer: seedOf("operator", "signing"), SYS: seedOf("account", "SYS") },
  ...{ A: seedOf("account", "A"), B: seedOf("account", "B"), reader: seedOf("account", "reader") },
};

/** The keys that both programs supply. */
const SUPPLIED = [
  ...["KO", "signing"].map((label) => keyOf("operator", label)),
  ...["SYS", "A", "B", "reader", "service", "elsewhere"].map((label) => keyOf("account", label)),
  ...["sys", "shop", "clerk", "d-1", "d-2", "gone"].map((label) => keyOf("user", label)),
];

const user = (label: string) => ({ seed: seedOf("user", label) });

const OPERATOR = { ...INFO, seed: SEEDS.operator, signer: SEEDS.signer };
const SYSTEM = { seed: SEEDS.SYS, users: { sys: user("sys") } };

/** Every term of an account, apart from references to others. */
const { name: _, sets: __, users = {}, roles = {}, authorization, ...TERMS } = EXPORTER;
const { shop = {}, clerk = {} } = users;
const A = {
  ...TERMS,
  seed: SEEDS.A,
  users: { shop: { ...shop, ...user("shop") }, clerk: { ...clerk, ...user("clerk") } },
  roles: { reader: { ...roles.reader, seed: SEEDS.reader } },
};
const SET = {
  role: "reader",
  lifetime: "30d",
  users: {
    "d-1": { ...user("d-1"), tags: ["tenant:one"] },
    "d-2": { ...user("d-2"), tags: ["tenant:two"], expires: "2028-01-01" },
  },
};
const { name: ___, imports = [], ...IMPORTING } = IMPORTER;
const B = { ...IMPORTING, seed: SEEDS.B };

const ARGS = {
  operator: { ...OPERATOR, name: "KO", systemAccount: SYSTEM },
  accounts: { A: { ...A, authorization, sets: { devices: { ...SET, outputCreds: true } } }, B: { ...B, imports } },
};

/** Outputs of a configuration. */
interface Rendered {
  readonly staticAuthorization: string;
  readonly operatorJwt: string;
  readonly resolverPreload: Readonly<Record<string, string>>;
  readonly jwts: Readonly<Record<string, string>>;
}

interface Claims {
  readonly iat: number;
  readonly jti: string;
  readonly exp?: number;
  readonly nats: { readonly signing_keys?: readonly unknown[] };
}

/** Replaces generated keys. */
function withoutGenerated(text: string): string {
  return text.replaceAll(/\b[OAU][A-Z2-7]{55}\b/g, (key) => (SUPPLIED.includes(key) ? key : "(a generated key)"));
}

/** Returns the claims of a JWT, without the times at which it and its activations were signed, and without generated keys. */
function claimsOf(jwt = ""): unknown {
  const [, payload = ""] = jwt.split(".");
  const text = Buffer.from(payload, "base64url")
    .toString()
    .replaceAll(/eyJ[\w.-]+/g, "(an activation)");
  const { iat, jti, exp, nats, ...claims } = JSON.parse(withoutGenerated(text)) as Claims;
  assert.ok(iat > 0 && jti !== "");
  const keys = (nats.signing_keys ?? []).map((key) => JSON.stringify(key)).sort();
  return { ...claims, hours: exp && Math.round((exp - iat) / 3_600), nats: { ...nats, signing_keys: keys } };
}

describe("the whole model in another language", () => {
  asInPlugin();

  it("should be rendered and signed as by a program in TypeScript", async () => {
    const gaps = await problems(ARGS, constructConfiguration);
    const parity = { accept: Object.fromEntries(gaps.map((gap) => [gap.replace(/^NA2001 /, ""), "a test"])) };
    const operator = new Operator("KO", { ...OPERATOR, systemAccount: SYSTEM });
    const allowed = { accountName: "B", publicKey: keyOf("account", "B") };
    const a = new Account("A", {
      ...A,
      operator,
      authorization: { ...authorization, allowedAccounts: [allowed] },
    } as never);
    const set = new UserSet("devices", { ...SET, account: a });
    const b = new Account("B", {
      ...B,
      operator,
      imports: imports.map((entry) => ({ ...entry, account: a })),
    } as never);
    const auth = new AuthConfiguration("nats", { operator, accounts: [a, b], parity });
    const created = a as unknown as {
      readonly users: Record<"clerk" | "shop", { readonly jwt: pulumi.Output<string> }>;
    };
    const expected: Rendered = {
      staticAuthorization: await valueOf(auth.static.authorization),
      operatorJwt: await valueOf(operator.jwt),
      resolverPreload: await valueOf(auth.operator.resolverPreload),
      jwts: {
        "A/clerk": await valueOf(created.users.clerk.jwt),
        "A/shop": await valueOf(created.users.shop.jwt),
        "A/d-1": (await valueOf(set.jwt("d-1"))) ?? "",
        "A/d-2": (await valueOf(set.jwt("d-2"))) ?? "",
      },
    };
    const { state } = await constructConfiguration("nats", { ...ARGS, parity }, {});
    const found = (await valueOf(pulumi.output(state))) as Rendered;
    assert.equal(found.staticAuthorization, expected.staticAuthorization);
    assert.match(found.staticAuthorization, /mappings/);
    assert.deepEqual(claimsOf(found.operatorJwt), claimsOf(expected.operatorJwt));
    for (const key of ["A", "B"].map((name) => keyOf("account", name))) {
      assert.deepEqual(claimsOf(found.resolverPreload[key]), claimsOf(expected.resolverPreload[key]));
    }
    for (const [name, jwt] of Object.entries(expected.jwts)) {
      assert.deepEqual(claimsOf(found.jwts[name]), claimsOf(jwt), name);
    }
  });
});
