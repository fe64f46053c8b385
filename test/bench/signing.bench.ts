/**
 * How many user JWTs a second are signed: by this package, and by nats-jwt with the keys of nkeys.js, which signs with
 * Ed25519 in plain JavaScript. Both in this run, one after the other, several times.
 */
import { randomBytes } from "node:crypto";
import { encodeUser } from "nats-jwt";
import { createAccount, createUser } from "nkeys.js";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { generateKeyPair } from "../../provider/nkeys/keys";
import { perSecond, printRatio } from "./measure";

const ROUNDS = 3;
const OURS_A_ROUND = 5_000;
const THEIRS_A_ROUND = 40;

const account = generateKeyPair("account", randomBytes);
const user = generateKeyPair("user", randomBytes);
const claims = scopedUserClaims({ name: "bench", publicKey: user.getPublicKey(), account: account.getPublicKey() });

const theirAccount = createAccount();
const theirUser = createUser();

async function main(): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await perSecond(OURS_A_ROUND, () => signClaims(claims, account, { issuedAt: 1_700_000_000 })));
    theirs.push(
      await perSecond(THEIRS_A_ROUND, () => encodeUser("bench", theirUser, theirAccount, {}, { scopedUser: true })),
    );
  }
  printRatio("user JWTs signed per second", "nats-jwt with nkeys.js keys", ours, theirs);
}

void main();
