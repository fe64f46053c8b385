/** What one size of a model costs, as JSON: `figures.ts <accounts> <users>`. */
import { renderOperatorConfig } from "../../../provider/config/operator";
import { renderStaticConfig } from "../../../provider/config/static";
import { type Claims, signClaims } from "../../../provider/jwt/sign";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { clusterDiagnostics } from "../../../provider/model/cluster/cluster";
import { pairOf } from "../../support/keys";
import { seconds } from "../measure";
import { claimsOf, largeModel, type LargeModel } from "./large";

/** Seconds of each step, and what the process needed for all of them. */
export interface Figures {
  readonly checking: number;
  readonly rendering: number;
  readonly signing: number;
  /** Resident at most, with Node.js itself. */
  readonly megabytes: number;
  readonly tokens: number;
}

const LISTENER = { serverName: "one", clusterName: "nats", clientPort: 4222, clusterPort: 6222 };
const ISSUED_AT = 1_760_000_000;

function check({ declared }: LargeModel): Promise<void> {
  const [problem] = [...declared.flatMap(accountDiagnostics), ...clusterDiagnostics(declared)];
  return problem === undefined ? Promise.resolve() : Promise.reject(new Error(JSON.stringify(problem)));
}

/** Writes both configurations and all claims. In the place of each token stands its account's key. */
function render({ model }: LargeModel): Promise<number> {
  const accounts = Object.fromEntries(model.accounts.map(({ publicKey }) => [publicKey, publicKey]));
  const texts = [
    renderStaticConfig(model, LISTENER).text,
    renderOperatorConfig(model, { operator: "operator", accounts }, LISTENER).text,
    ...model.accounts.flatMap(claimsOf).map((claims) => JSON.stringify(claims)),
  ];
  return Promise.resolve(texts.reduce((sum, text) => sum + text.length, 0));
}

async function sign(claims: readonly Claims[]): Promise<void> {
  const key = pairOf("account", "bench");
  for (const one of claims) {
    await signClaims(one, key, { issuedAt: ISSUED_AT });
  }
}

async function main([accounts = NaN, users = NaN]: number[]): Promise<void> {
  const large = largeModel({ accounts, users });
  const figures: Figures = {
    checking: await seconds(() => check(large)),
    rendering: await seconds(() => render(large)),
    signing: await seconds(() => sign(large.claims)),
    megabytes: process.resourceUsage().maxRSS / 1024,
    tokens: large.claims.length,
  };
  console.log(JSON.stringify(figures));
}

void main(process.argv.slice(2).map(Number));
