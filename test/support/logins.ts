import type { KeyPair } from "nkeys.js";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { keyOf, pairOf, seedOf } from "./keys";
import { portOf, type Cluster } from "./pair";
import type { Side } from "./sides";
import { Wire, type Proof } from "./wire";
import { ISSUED_AT, loginOf, type World } from "./world";

/** Ways to try to log in as a user, right and wrong. */
export const ATTEMPTS = [
  "the seed alone",
  "the token and the seed, as nats.go shows them",
  "the token, the public key and the seed, as nats.js shows them",
  "the seed of another user",
  "the token and the seed of another user",
  "no signature",
  "the token without a signature",
  "a key that nobody knows",
  "a token that nobody's key has signed",
  "a token by a key kept elsewhere",
  "a token that has been changed",
  "nothing",
] as const;

export type Attempt = (typeof ATTEMPTS)[number];

/** What the signing key of an account that is kept elsewhere is made from. */
export const ELSEWHERE = "elsewhere";

/** What each server's own clients show. */
export const USUAL: Readonly<Record<Side, Attempt>> = {
  static: "the seed alone",
  operator: "the token and the seed, as nats.go shows them",
};

/** Milliseconds in which a connection that is over must be over for the server, too. */
const PATIENCE = 2_000;

/** What each attempt shows. */
export async function proofOf(world: World, user: string, attempt: Attempt): Promise<Proof> {
  const { seed, jwt, publicKey } = loginOf(world, user);
  const stranger = { seed: seedOf("user", "stranger"), publicKey: keyOf("user", "stranger") };
  const proofs: Readonly<Record<Attempt, () => Proof | Promise<Proof>>> = {
    "the seed alone": () => ({ seed }),
    "the token and the seed, as nats.go shows them": () => ({ seed, jwt, nkey: false }),
    "the token, the public key and the seed, as nats.js shows them": () => ({ seed, jwt }),
    "the seed of another user": () => ({ seed: stranger.seed, nkey: publicKey }),
    "the token and the seed of another user": () => ({ seed: stranger.seed, jwt, nkey: publicKey }),
    "no signature": () => ({ nkey: publicKey }),
    "the token without a signature": () => ({ jwt }),
    "a key that nobody knows": () => ({ seed: stranger.seed }),
    "a token that nobody's key has signed": async () => ({
      seed: stranger.seed,
      jwt: await tokenOf(stranger.publicKey, accountOf(jwt), pairOf("account", "stranger")),
    }),
    "a token by a key kept elsewhere": async () => ({
      seed: stranger.seed,
      jwt: await tokenOf(stranger.publicKey, accountOf(jwt), pairOf("account", ELSEWHERE)),
    }),
    "a token that has been changed": () => ({ seed, jwt: changed(jwt), nkey: false }),
    nothing: () => ({}),
  };
  return proofs[attempt]();
}

/** Tries to log in. Returns whether the server accepted it. */
export async function tryLogin(cluster: Cluster, server: string, proof: Proof): Promise<boolean> {
  try {
    await (await Wire.open(portOf(cluster, server), proof)).close();
    return true;
  } catch {
    return false;
  }
}

/** Logs in where the account may have just so many connections: one that was closed may still count for a moment. */
export async function logInSoon(cluster: Cluster, server: string, proof: Proof): Promise<Wire> {
  for (const deadline = performance.now() + PATIENCE; ;) {
    try {
      return await Wire.open(portOf(cluster, server), proof);
    } catch (error) {
      if (!String(error).includes("maximum account active connections") || performance.now() > deadline) {
        throw error;
      }
    }
  }
}

function accountOf(jwt: string): string {
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as {
    readonly nats: { readonly issuer_account: string };
  };
  return claims.nats.issuer_account;
}

/** A token whose own claims allow everything. */
function tokenOf(publicKey: string, account: string, issuer: KeyPair): Promise<string> {
  const { nats, ...claims } = scopedUserClaims({ name: "stranger", publicKey, account });
  return signClaims({ ...claims, nats: { ...nats, subs: -1, data: -1, payload: -1 } }, issuer, { issuedAt: ISSUED_AT });
}

/** The token with another name in it, under the signature that it had. */
function changed(jwt: string): string {
  const [header = "", body = "", signature = ""] = jwt.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...claims, name: "another" })).toString("base64url");
  return [header, other, signature].join(".");
}
