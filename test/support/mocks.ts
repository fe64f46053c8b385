import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import { provider as accountClaims } from "../../provider/resources/account-claims";
import { provider as activation } from "../../provider/resources/activation";
import type { LifeCycle } from "../../provider/resources/dynamic";
import { provider as nkey } from "../../provider/resources/nkey";
import { provider as operatorClaims } from "../../provider/resources/operator-claims";
import { provider as user } from "../../provider/resources/user";

/** A resource that a program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The URN of the resource that it belongs to. */
  readonly parent: string;
}

/** The key by which the engine marks special values; among inputs, secrets are the only ones. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The dynamic providers that run for real, so that a program gets real keys and tokens. */
const REAL: Readonly<Record<string, LifeCycle<object, object>>> = {
  "pulumi-nodejs:dynamic/nats-auth:Nkey": nkey as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:User": user as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:Activation": activation as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:AccountClaims": accountClaims as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:OperatorClaims": operatorClaims as unknown as LifeCycle<object, object>,
};

/** What is read of the requests that a program makes to its engine. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getAdditionalsecretoutputsList(): string[];
}

/** The requests themselves, by type and name: mocks are not told whose child a resource is, and what is secret in it. */
const requests = new Map<string, Request>();

const { prototype } = MockMonitor;
const register = Reflect.get(prototype, "registerResource");
prototype.registerResource = function (this: MockMonitor, request: Request, callback) {
  requests.set(`${request.getType()} ${request.getName()}`, request);
  return register.call(this, request, callback);
};

/** What programs have registered since {@link mockEngine} was called last. */
export const registered: Registered[] = [];

/** Puts an engine that keeps no state in the place of the real one. Call it before each test. */
export async function mockEngine(): Promise<void> {
  registered.length = 0;
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "test",
    "test",
  );
}

async function newResource(args: MockResourceArgs): Promise<{ id: string; state: object }> {
  const { type, name } = args;
  const inputs = plain(args.inputs) as Record<string, unknown>;
  const request = requests.get(`${type} ${name}`);
  registered.push({ type, name, inputs, parent: request?.getParent() ?? "" });
  const { id, state } = await made(type, name, inputs);
  const secrets = request?.getAdditionalsecretoutputsList() ?? [];
  const hidden = Object.entries(state).map(([key, value]): [string, unknown] => [
    key,
    secrets.includes(key) ? pulumi.secret(value) : value,
  ]);
  return { id, state: Object.fromEntries(hidden) };
}

async function made(type: string, name: string, inputs: object): Promise<{ id: string; state: object }> {
  const real = REAL[type];
  if (real === undefined) {
    const outputs = {
      imageId: "sha256:image",
      path: "/cluster",
      place: "/place",
    };
    return { id: `${name}-id`, state: { ...inputs, ...outputs } };
  }
  const { inputs: checked, failures } = (await real.check?.({}, inputs)) ?? { inputs };
  if (failures !== undefined && failures.length > 0) {
    throw new Error(failures.map(({ reason }) => reason).join("\n"));
  }
  const { id, outs } = await real.create(checked ?? inputs);
  return { id, state: { ...inputs, ...outs } };
}

/** Inputs as a provider gets them: a secret is just its value. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return SIGNATURE in value && "value" in value
    ? plain(value.value)
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** The registered resources of a type, by the end of its name. */
export function ofType(end: string): Registered[] {
  return registered.filter(({ type }) => type.endsWith(`:${end}`));
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    output.apply(resolve);
    // An output that fails tells nobody but those who wait for its inner promise.
    (output as unknown as { promise(): Promise<T> }).promise().catch(reject);
  });
}
