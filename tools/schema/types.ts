/** Reads the argument and output types of the components for other languages from their TypeScript sources. */
import { join } from "node:path";
import ts from "typescript";

/** A value as other languages pass it. */
export type Value =
  | { readonly kind: "string" | "number" | "boolean" | "any" }
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly items: Member }
  | { readonly kind: "map"; readonly members: Member }
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "union"; readonly of: readonly Value[] };

/** A value at its place. */
export interface Member {
  readonly value: Value;
  /** Whether the value must be known when the program runs, and cannot be an output. */
  readonly isPlain: boolean;
}

/** A property of an object. */
export interface Property extends Member {
  readonly name: string;
  readonly isRequired: boolean;
  /** Its docstring, with the default at the end. */
  readonly description: string;
}

/** An object with its properties. */
export interface ObjectType {
  readonly name: string;
  readonly description: string;
  readonly properties: readonly Property[];
}

const CHECKOUT = join(__dirname, "../..");

/** Types whose values come from elsewhere, such as a resource or the output of another stack: programs do not write them. */
const OPAQUE = new Set(["ProviderResource", "SignedReference", "AccountReference", "AccountUser", "Account"]);

/** Interfaces that have the docstrings of types whose properties a mapped type selects: the compiler keeps those of all properties only. */
const DOCUMENTED_BY: Readonly<Record<string, readonly [file: string, name: string]>> = {
  AccountData: ["provider/model/account/account-terms.ts", "AccountTerms"],
  SystemAccountData: ["provider/model/account/account-terms.ts", "AccountTerms"],
  UserArgs: ["provider/model/users/users.ts", "UserTerms"],
  RoleArgs: ["provider/model/users/roles.ts", "RoleTerms"],
  ExportData: ["provider/model/shares/exports.ts", "Export"],
  ImportData: ["provider/model/shares/imports.ts", "ImportTerms"],
  AuthorizationData: ["provider/model/account/authorization.ts", "Authorization"],
};

/** What wraps a value that is not known yet. */
const WRAPPERS = new Set(["Promise", "OutputInstance"]);

/** Names of types that result from others. */
const MAPPED = /^(__.*|DeepInput|Input|Inputs|Omit|Partial|Pick|Readonly)$/;

/** Reads types with all types that they refer to. */
export class TypeReader {
  /** The objects by name. */
  readonly objects = new Map<string, ObjectType>();
  /** The names of the objects that are being read. */
  readonly #open = new Set<string>();
  readonly #checker: ts.TypeChecker;
  readonly #program: ts.Program;

  constructor(files: readonly string[]) {
    const { config } = ts.readConfigFile(join(CHECKOUT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, CHECKOUT);
    this.#program = ts.createProgram(
      files.map((file) => join(CHECKOUT, file)),
      options,
    );
    this.#checker = this.#program.getTypeChecker();
  }

  /** Reads an exported interface of one of the files. */
  read(file: string, name: string): ObjectType {
    return this.#object(this.#typeOf(file, name), name);
  }

  #typeOf(file: string, name: string): ts.Type {
    const source = this.#program.getSourceFile(join(CHECKOUT, file));
    const module = source && this.#checker.getSymbolAtLocation(source);
    const symbol = module && this.#checker.getExportsOfModule(module).find((exported) => exported.name === name);
    if (symbol === undefined) throw new Error(`${file} does not export ${name}`);
    return this.#checker.getDeclaredTypeOfSymbol(symbol);
  }

  #member(type: ts.Type, path: string): Member {
    return { value: this.#value(type, path), isPlain: !membersOf(type).some(isWrapper) };
  }

  #value(type: ts.Type, path: string): Value {
    const members = this.#alternatives(type);
    const texts = members.filter((member) => member.isStringLiteral());
    const others = members.filter((member) => !member.isStringLiteral());
    const booleans = others.filter((member) => (member.flags & ts.TypeFlags.BooleanLike) !== 0);
    const rest = others.filter((member) => !booleans.includes(member));
    const values: Value[] = [
      ...(texts.length === 0 ? [] : [this.#enum(type, texts, path)]),
      ...(booleans.length === 0 ? [] : [{ kind: "boolean" } as const]),
      ...rest.map((member) => this.#single(member, path)),
    ];
    const distinct = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
    const [first] = distinct;
    if (first === undefined) throw new Error(`${path} has no value`);
    return distinct.length === 1 ? first : { kind: "union", of: distinct };
  }

  /** The types that a value may have once it is known. */
  #alternatives(type: ts.Type): ts.Type[] {
    return membersOf(type).filter((member) => (member.flags & ts.TypeFlags.Undefined) === 0 && !isWrapper(member));
  }

  #enum(type: ts.Type, literals: readonly ts.StringLiteralType[], path: string): Value {
    const inner = [type, ...(type.aliasTypeArguments ?? [])].map(({ aliasSymbol }) => aliasSymbol?.name);
    const alias = inner.find((one) => one !== undefined && !MAPPED.test(one));
    return { kind: "enum", name: alias ?? nameOfPath(path), values: literals.map(({ value }) => value) };
  }

  #single(type: ts.Type, path: string): Value {
    if ((type.flags & ts.TypeFlags.StringLike) !== 0) return { kind: "string" };
    if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return { kind: "number" };
    if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return { kind: "any" };
    if (this.#checker.isArrayType(type)) {
      const [items] = this.#checker.getTypeArguments(type as ts.TypeReference);
      if (items === undefined) throw new Error(`${path} is a list of nothing`);
      return { kind: "list", items: this.#member(items, path) };
    }
    const members = this.#checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (members !== undefined) return { kind: "map", members: this.#member(members, path) };
    if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) {
      throw new Error(`${path} has a type that other languages cannot have: ${this.#checker.typeToString(type)}`);
    }
    const name = this.#nameOf(type) ?? nameOfPath(this.#pathOf(type, path));
    if (OPAQUE.has(name)) return { kind: "any" };
    const known = this.objects.get(name);
    const object = known ?? this.#object(type, name);
    const names = this.#checker.getPropertiesOfType(type).map((property) => property.name);
    const isOther = names.join() !== object.properties.map((property) => property.name).join();
    if (known !== undefined && isOther && !this.#open.has(name)) {
      throw new Error(`two types are called ${name}, one of them at ${path}`);
    }
    return { kind: "object", name };
  }

  #object(type: ts.Type, name: string): ObjectType {
    const symbol = type.aliasSymbol ?? type.symbol;
    const object = { name, description: this.#docs(symbol), properties: [] as Property[] };
    // Before its properties, which may refer to it.
    this.objects.set(name, object);
    this.#open.add(name);
    for (const property of this.#checker.getPropertiesOfType(type)) {
      object.properties.push(this.#property(property, name));
    }
    this.#open.delete(name);
    return object;
  }

  #property(symbol: ts.Symbol, owner: string): Property {
    const { name } = symbol;
    return {
      name,
      ...this.#member(this.#checker.getTypeOfSymbol(symbol), `${owner}.${name}`),
      isRequired: (symbol.flags & ts.SymbolFlags.Optional) === 0,
      description: this.#docs(symbol) || this.#docs(this.#documented(owner, name)),
    };
  }

  /** Returns the property of the interface that documents another type. */
  #documented(owner: string, name: string): ts.Symbol | undefined {
    const [file, documenting] = DOCUMENTED_BY[owner] ?? [];
    return file === undefined || documenting === undefined
      ? undefined
      : this.#typeOf(file, documenting).getProperty(name);
  }

  /** Returns the name of the interface or alias that a type results from, also if a mapped type has changed its properties. */
  #nameOf(type: ts.Type): string | undefined {
    const own = [type.aliasSymbol, type.symbol].find((symbol) => symbol !== undefined && !MAPPED.test(symbol.name));
    if (own !== undefined) return own.name;
    const properties = this.#checker.getPropertiesOfType(type);
    const names = new Set(properties.map(({ name }) => name));
    const owners = properties.flatMap(({ declarations = [] }) => declarations.map(({ parent }) => parent));
    const source = owners.find((owner): owner is ts.InterfaceDeclaration => {
      const all = ts.isInterfaceDeclaration(owner) ? this.#checker.getTypeAtLocation(owner).getProperties() : [];
      return all.length === names.size && all.every(({ name }) => names.has(name));
    });
    return source?.name.text;
  }

  /** Returns the path of an object without a name. One of several at the same place is named by its only property. */
  #pathOf(type: ts.Type, path: string): string {
    const [first, ...more] = this.#checker.getPropertiesOfType(type);
    return first !== undefined && more.length === 0 ? `${path}.${first.name}` : path;
  }

  #docs(symbol: ts.Symbol | undefined): string {
    if (symbol === undefined) return "";
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const initial = symbol.getJsDocTags(this.#checker).find(({ name }) => name === "default");
    const ending = initial === undefined ? "" : `\n\nDefault: ${ts.displayPartsToString(initial.text)}`;
    return `${text}${ending}`.replace(/\{@link ([^}]*)\}/g, "`$1`").trim();
  }
}

/** Returns the members of a union; another type is its only member. */
function membersOf(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type];
}

function isWrapper({ symbol }: ts.Type): boolean {
  return WRAPPERS.has((symbol as ts.Symbol | undefined)?.name ?? "");
}

/** Returns the name of the type of a property: `DockerTarget.limit` is of type `DockerTargetLimit`. */
function nameOfPath(path: string): string {
  return path.replace(/\.(.)/g, (_, first: string) => first.toUpperCase());
}
