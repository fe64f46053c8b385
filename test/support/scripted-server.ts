import type { Code } from "../../provider/diagnostics/codes";
import { ServerRefusal } from "../../provider/servers/errors";
import type { ConfigFiles, Server, ServerState } from "../../provider/servers/server";

/** Operations on a server. */
export type Step = Exclude<keyof Server, "name" | "state" | "predecessors" | "complaints" | "sharedTest">;

/** Codes of refusals, by step. */
const CODES: Readonly<Record<Step, Code>> = {
  try: "NA5001",
  put: "NA5007",
  start: "NA5002",
  awaitStart: "NA5163",
  reload: "NA5003",
  stop: "NA5008",
  removeRemains: "NA5009",
};

/** A fake server that records its steps, and refuses the steps that its script names. */
export class ScriptedServer implements Server {
  private current: ServerState;

  /**
   * @param notes receives each step, as `name step files`
   * @param refuses returns whether the server refuses a step with some files
   * @param older its predecessors
   */
  constructor(
    readonly name: string,
    private readonly notes: string[],
    before: ServerState,
    private readonly refuses: (step: Step, files: ConfigFiles) => boolean = () => false,
    private readonly older: readonly Server[] = [],
  ) {
    this.current = before;
  }

  state(): Promise<ServerState> {
    return Promise.resolve(this.current);
  }

  try(files: ConfigFiles): Promise<string> {
    return this.step("try", files).then(() => digestOf(files));
  }

  async put(files: ConfigFiles): Promise<void> {
    await this.step("put", files);
    this.current = { ...this.current, files };
  }

  async start(): Promise<void> {
    await this.step("start", this.current.files);
    this.current = { ...this.current, process: "running" };
  }

  async awaitStart(): Promise<readonly string[] | undefined> {
    await this.step("awaitStart", this.current.files);
    if (this.current.obstacles === undefined) {
      this.current = { process: "running", files: this.current.files };
    }
    return this.current.obstacles;
  }

  async reload(digest: string): Promise<void> {
    await this.step("reload", this.current.files);
    if (digest !== digestOf(this.current.files)) {
      throw new Error(`${this.name} was to acknowledge ${digest}`);
    }
  }

  async stop(): Promise<void> {
    await this.step("stop", this.current.files);
    this.current = { ...this.current, process: "stopped" };
  }

  complaints(): Promise<string[]> {
    return Promise.resolve(["its last words"]);
  }

  predecessors(): Promise<Server[]> {
    return Promise.resolve([...this.older]);
  }

  async removeRemains(): Promise<void> {
    if (this.older.length > 0) {
      await this.step("removeRemains", this.current.files);
    }
  }

  private step(step: Step, files: ConfigFiles): Promise<void> {
    this.notes.push([this.name, step, ...Object.values(files)].join(" "));
    return this.refuses(step, files)
      ? Promise.reject(new ServerRefusal(CODES[step], this.name, `refused to ${step}`, ["its output"]))
      : Promise.resolve();
  }
}

/** Returns the digest of some files. */
export function digestOf(files: ConfigFiles): string {
  return `sha256:${JSON.stringify(files)}`;
}
