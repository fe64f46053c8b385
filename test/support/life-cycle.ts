import assert from "node:assert/strict";
import type { LifeCycle } from "../../provider/resources/dynamic";

/** How an engine writes a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Calls a provider as an engine does: what JSON would lose is lost, and every method gets what `check` made of the inputs. */
export class Engine<Inputs extends object, State extends object> {
  constructor(private readonly provider: LifeCycle<Inputs, State>) {}

  /** The inputs as `check` makes them, and the failures as text. */
  async check(inputs: unknown): Promise<{ inputs: Inputs; failures: string[] }> {
    const { check } = this.provider;
    if (check === undefined) {
      return { inputs: wire(inputs) as Inputs, failures: [] };
    }
    const result = await check({} as Inputs, wire(inputs) as Inputs);
    const failures = result.failures ?? [];
    assert.ok(
      failures.every(({ property }) => property === ""),
      "the engine would print the value of a property that a failure names",
    );
    return { inputs: wire(result.inputs) as Inputs, failures: failures.map(({ reason }) => reason) };
  }

  /** Creates a resource; the inputs must be valid. */
  async create(inputs: unknown): Promise<{ id: string; outs: State }> {
    const { id, outs } = await this.provider.create(await this.valid(inputs));
    return { id, outs: this.outs(outs) };
  }

  /** What a change of the inputs would do. */
  async diff(id: string, olds: State, inputs: unknown): Promise<{ changes: boolean; replaces: string[] }> {
    const { inputs: news } = await this.check(inputs);
    const result = await this.provider.diff?.(id, olds, news);
    return { changes: result?.changes ?? false, replaces: result?.replaces ?? [] };
  }

  /** Updates a resource in place. */
  async update(id: string, olds: State, inputs: unknown): Promise<State> {
    const result = await this.provider.update?.(id, olds, await this.valid(inputs));
    return this.outs(result?.outs);
  }

  private async valid(inputs: unknown): Promise<Inputs> {
    const { inputs: checked, failures } = await this.check(inputs);
    assert.deepEqual(failures, []);
    return checked;
  }

  /** A resource's state: it must be just what JSON can say, and never hold the seed that signs. */
  private outs(outs: unknown): State {
    assert.deepEqual(wire(outs), outs, "the state does not survive JSON");
    assert.equal(Object.keys(outs as object).includes("signer"), false);
    return wire(outs) as State;
  }
}

function wire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
