import { randomBytes } from "node:crypto";
import { scopedUserClaims } from "../jwt/claims";
import { credsText } from "../jwt/creds";
import { signClaims } from "../jwt/sign";
import { keyPairFromSeed, newKeyPair, seedText } from "../nkeys/keys";
import { nowInSeconds } from "./dynamic";

/** What it takes to ask the servers of a cluster how they are. */
export interface Access {
  /** The client URL of the trusted-operator server. */
  readonly url: string;
  /** The public key of the system account. */
  readonly systemAccount: string;
  /** The seed (`SA…`) of the system account's signing key whose scope allows to ask servers about themselves. */
  readonly signer: string;
}

/** Seconds that the credentials of a check are valid. */
const CREDENTIALS_LIFETIME = 60;

/** Credentials of a user that nobody lists, made for one check and of no use a minute later. */
export async function checkCredentials({ systemAccount, signer }: Omit<Access, "url">): Promise<string> {
  const user = newKeyPair("user", randomBytes);
  const claims = scopedUserClaims({ name: "check", publicKey: user.getPublicKey(), account: systemAccount });
  const issuedAt = nowInSeconds();
  const validity = { issuedAt, expires: issuedAt + CREDENTIALS_LIFETIME };
  const jwt = await signClaims(claims, keyPairFromSeed("account", signer), validity);
  return credsText(jwt, seedText(user));
}
