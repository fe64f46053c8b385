import assert from "node:assert/strict";
import { DETAILS } from "../../provider/dynamic/life-cycle/details";
import type { LifeCycle } from "../../provider/dynamic/life-cycle/life-cycle";

/** The engine's placeholder for an unknown value. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Calls a provider as an engine does: values pass through JSON, and each method receives the inputs checked by `check`. */
export class Engine<Inputs extends object, State extends object> {
  /** Inputs of each state. An engine stores both. */
  readonly #inputs = new WeakMap<State, Inputs>();

  constructor(private readonly provider: LifeCycle<Inputs, State>) {}

  /** Returns the inputs checked by `check`, and the failures as text. @param olds the previous inputs, if any */
  async check(inputs: unknown, olds: Partial<Inputs> = {}): Promise<{ inputs: Inputs; failures: string[] }> {
    const { check } = this.provider;
    if (check === undefined) {
      return { inputs: wire(inputs) as Inputs, failures: [] };
    }
    const result = await check(olds as Inputs, wire(inputs) as Inputs);
    const failures = result.failures ?? [];
    assert.ok(
      failures.every(({ property }) => property === ""),
      "the engine would print the value of a property that a failure names",
    );
    return { inputs: wire(result.inputs) as Inputs, failures: failures.map(({ reason }) => reason) };
  }

  /** Creates a resource. The inputs must be valid. */
  async create(inputs: unknown): Promise<{ id: string; outs: State }> {
    const news = await this.valid(inputs);
    const { id, outs } = await this.provider.create(news);
    return { id, outs: this.outs(outs, news) };
  }

  /** Returns the effect of changed inputs. */
  async diff(id: string, olds: State, inputs: unknown): Promise<{ changes: boolean; replaces: string[] }> {
    const { inputs: news } = await this.check(inputs, this.#inputs.get(olds));
    const result = await this.provider.diff?.(id, olds, news);
    return { changes: result?.changes ?? false, replaces: result?.replaces ?? [] };
  }

  /** Updates a resource in place. */
  async update(id: string, olds: State, inputs: unknown): Promise<State> {
    const news = await this.valid(inputs, this.#inputs.get(olds));
    const result = await this.provider.update?.(id, olds, news);
    return this.outs(result?.outs, news);
  }

  private async valid(inputs: unknown, olds?: Inputs): Promise<Inputs> {
    const { inputs: checked, failures } = await this.check(inputs, olds);
    assert.deepEqual(failures, []);
    return checked;
  }

  /** Returns a resource's state. It must survive JSON and not contain the signing seed. */
  private outs(outs: unknown, inputs: Inputs): State {
    assert.deepEqual(wire(outs), outs, "the state does not survive JSON");
    assert.equal(Object.keys(outs as object).includes("signer"), false);
    const state = wire(outs) as State;
    this.#inputs.set(state, inputs);
    return state;
  }
}

/** A resource as stored by an engine: passes the stored inputs to the next `check`, and replaces it when required. */
export class Deployed<Inputs extends object, State extends object> {
  #kept: { readonly inputs: Inputs; readonly id: string; readonly outs: State } | undefined;

  constructor(private readonly provider: LifeCycle<Inputs, State>) {}

  /** Returns a resource that was stored, for example by an earlier version. */
  static from<Inputs extends object, State extends object>(
    provider: LifeCycle<Inputs, State>,
    kept: { readonly inputs: Inputs; readonly id: string; readonly outs: State },
  ): Deployed<Inputs, State> {
    const deployed = new Deployed(provider);
    deployed.#kept = kept;
    return deployed;
  }

  get id(): string {
    return this.#ready().id;
  }

  get inputs(): Inputs {
    return this.#ready().inputs;
  }

  get outs(): State {
    return this.#ready().outs;
  }

  /** Returns the effect of an update, and the inputs that a preview shows. */
  async preview(inputs: unknown): Promise<{ changes: boolean; replaces: string[]; inputs: Inputs }> {
    const checked = await this.#checked(inputs, this.#kept?.inputs);
    if (this.#kept === undefined) {
      return { changes: true, replaces: [], inputs: checked };
    }
    const { changes = false, replaces = [] } =
      (await this.provider.diff?.(this.#kept.id, this.#kept.outs, checked)) ?? {};
    return { changes, replaces, inputs: checked };
  }

  /** Updates the resource. Returns whether anything changed. */
  async up(inputs: unknown): Promise<boolean> {
    const { changes, replaces, inputs: checked } = await this.preview(inputs);
    if (this.#kept === undefined || replaces.length > 0) {
      // An engine drops the old inputs of a replaced resource.
      const news = await this.#checked(inputs);
      const { id, outs } = await this.provider.create(news);
      this.#kept = { inputs: news, id, outs: wire(outs) as State };
      return true;
    }
    const outs = changes ? (await this.provider.update?.(this.id, this.outs, checked))?.outs : this.outs;
    this.#kept = { inputs: checked, id: this.id, outs: wire(outs) as State };
    return changes;
  }

  /** Returns the refreshed state. */
  async refresh(): Promise<State> {
    const { props } = (await this.provider.read?.(this.id, this.outs)) ?? { props: this.outs };
    this.#kept = { ...this.#ready(), outs: wire(props) as State };
    return this.outs;
  }

  async #checked(inputs: unknown, olds?: Inputs): Promise<Inputs> {
    const { inputs: checked, failures } = await new Engine(this.provider).check(inputs, olds);
    assert.deepEqual(failures, []);
    return checked;
  }

  #ready() {
    assert.ok(this.#kept !== undefined, "it is not deployed yet");
    return this.#kept;
  }
}

/** Converts inputs or state from the stored form to the form that handlers use. */
export function unfolded(properties: object): Record<string, unknown> {
  const { [DETAILS]: details = {}, ...rest } = properties as Record<string, unknown>;
  return { ...rest, ...(details as object) };
}

function wire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Returns the code and the path of each failure of `check`. */
export function failureCodes(failures: readonly string[]): string[] {
  return failures.map((reason) => {
    const [, path = "?"] = /^(.*?)(?: = |: )/.exec(reason) ?? [];
    const [, code = "?"] = /\[(NA\d{4})\]$/.exec(reason) ?? [];
    return `${code} ${path}`;
  });
}
