import { ServerRefusal, type ConfigFiles, type Server, type ServerState } from "../../provider/servers/server";

/** What can be done to a server. */
export type Step = Exclude<keyof Server, "name" | "state" | "predecessors">;

/** A server that does nothing but note what is done to it, and refuses what its script says. */
export class ScriptedServer implements Server {
  private current: ServerState;

  /**
   * @param notes where each step is noted, as `name step files`
   * @param refuses says whether the server refuses a step with these files
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
      ? Promise.reject(new ServerRefusal(this.name, `refused to ${step}`, ["its words"]))
      : Promise.resolve();
  }
}

/** The digest of some files. */
export function digestOf(files: ConfigFiles): string {
  return `sha256:${JSON.stringify(files)}`;
}
