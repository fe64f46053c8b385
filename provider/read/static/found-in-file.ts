import { display } from "../../diagnostics/diagnostic";
import type { Notes } from "../notes";

/** What the blocks of a configuration have to be compared with. */
export class FoundInFile {
  /** The path of each user by its nkey. */
  readonly #users = new Map<string, string>();
  #hasUsers = false;

  /**
   * @param accounts the names of all accounts
   * @param mapsCertificates true when clients log in with TLS certificates
   */
  constructor(
    readonly notes: Notes,
    readonly accounts: ReadonlySet<string>,
    readonly mapsCertificates: boolean,
  ) {}

  /** True when the configuration has users, with or without nkeys. */
  get hasUsers(): boolean {
    return this.#hasUsers;
  }

  /** The nkeys of all users, also of those that are not adopted. */
  get userKeys(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** Remembers that the configuration has a user. */
  addUser(): void {
    this.#hasUsers = true;
  }

  /** Notes an account that is not defined; a server does not start. */
  checkAccount(path: string, name: string): void {
    if (!this.accounts.has(name)) {
      const remedy = "Correct the name, or add the account to `accounts`.";
      const problem = `refers to the account ${display(name)}, which the configuration does not define`;
      this.notes.wrong("NA3062", path, problem, remedy);
    }
  }

  /** Notes an nkey that another user has; a server does not start. */
  checkUser(path: string, publicKey: string): void {
    const other = this.#users.get(publicKey);
    if (other === undefined) {
      this.#users.set(publicKey, path);
    } else {
      const remedy = "Remove one of the two users, or generate a different nkey for it.";
      this.notes.wrong("NA3061", path, `is also the nkey of ${other}`, remedy);
    }
  }
}
