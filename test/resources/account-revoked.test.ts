import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { accountClaimsProvider } from "../../provider/resources/account-claims";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN } from "../support/life-cycle";

const START = 1_800_000_000;
const U = keyOf("user", "u");

describe("the claims of an account whose users leave its roles", () => {
  let now = START;
  const provider = accountClaimsProvider(() => now);
  const ACCOUNT = {
    name: "A",
    publicKey: keyOf("account", "A"),
    roles: { reader: { signingKey: keyOf("account", "reader") }, writer: { signingKey: keyOf("account", "writer") } },
    signer: seedOf("operator", "signing"),
  };
  const account = (users: object, more: object = {}) => ({ ...ACCOUNT, users, ...more });
  const of = (role: "reader" | "writer", issuedAt: number) => ({
    u: { publicKey: U, signingKey: ACCOUNT.roles[role].signingKey, role, issuedAt },
  });

  function revocations(claims: Deployed<never, { jwt: string }>): unknown {
    return (readToken(claims.outs.jwt).nats as { revocations?: unknown }).revocations;
  }

  beforeEach(() => {
    now = START;
  });

  it("should revoke a user who is taken out, which the preview shows, and say so as long as the role's key is listed", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    assert.equal(revocations(claims), undefined);
    const { inputs } = await claims.preview(account({}));
    const by = [{ signingKey: ACCOUNT.roles.reader.signingKey }];
    assert.deepEqual((inputs as { revoked: unknown }).revoked, { [U]: { at: START, by } });
    await claims.up(account({}));
    assert.deepEqual(revocations(claims), { [U]: START });

    now += 1000;
    assert.equal(await claims.up(account({})), false);
    await claims.up(account({}, { description: "another" }));
    assert.deepEqual(revocations(claims), { [U]: START });
    await claims.up(account({}, { roles: { writer: ACCOUNT.roles.writer } }));
    assert.equal(revocations(claims), undefined);
  });

  it("should revoke what a user had before when it has another role, and not what it has now", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    now += 10;
    await claims.up(account(of("writer", START + 8)));
    assert.deepEqual(revocations(claims), { [U]: START + 7 });
    now += 10;
    await claims.up(account(of("reader", START + 18)));
    assert.deepEqual(revocations(claims), { [U]: START + 17 });
    assert.equal(await claims.up(account(of("reader", START + 18))), false);
  });

  it("should let a user in again who comes back with a new JWT of the same key", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    await claims.up(account({}));
    now += 10;
    await claims.up(account(of("reader", START + 9)));
    assert.deepEqual(revocations(claims), { [U]: START });
  });

  it("should keep what it remembers as long as it is not known who the users are", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(of("reader", START - 5)));
    await claims.up(account({}));
    const { inputs } = await claims.preview({ ...ACCOUNT, users: UNKNOWN });
    assert.deepEqual(inputs.revoked, claims.inputs.revoked);
  });

  it("should show what will be revoked as well as it can when a new JWT is still to be issued", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(of("reader", START - 5)));
    const { inputs } = await claims.preview(
      account({ u: { publicKey: U, signingKey: UNKNOWN, role: "writer", issuedAt: UNKNOWN } }),
    );
    assert.deepEqual(Object.keys(inputs.revoked ?? {}), [U]);
  });

  it("should ask when the JWT of a user with a role was issued", async () => {
    const users = { u: { publicKey: U, signingKey: ACCOUNT.roles.reader.signingKey, role: "reader" } };
    const { failures } = await new Engine(provider).check(account(users));
    assert.match(failures.join("\n"), /^users\.u\.issuedAt: is missing/);
    assert.equal(failures.length, 1);
  });
});
