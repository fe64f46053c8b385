/**
 * The text of a credentials file, as nsc writes it: a user's JWT and its seed.
 *
 * @param jwt the user's token
 * @param seed the user's seed (`SU…`); the result is as secret as it is
 */
export function credsText(jwt: string, seed: string): string {
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`;
}
