/**
 * What the recipe editor asks of whatever runs recipes: the engine over HTTP, or a kernel over a comm.
 */

/** One change of the recipe: `set` makes missing maps, `insert` puts an item before the last index of the path. */
export interface IEdit {
  readonly op: 'set' | 'insert' | 'remove';
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
}

/** A remedy as edits, made in order; `label` says what it does. */
export interface IFix {
  readonly label: string;
  readonly edits: readonly IEdit[];
}

export interface IFinding {
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly remedy?: string | null;
  readonly where?: string | null;
  readonly count?: number | null;
  /** Short name of the kind of finding, such as `photo-z-behind-good-flags`. */
  readonly code?: string | null;
  /** Up to five of the rows it is about, by column; 64-bit integers as text. */
  readonly examples?: readonly { readonly [column: string]: unknown }[] | null;
  readonly fixes?: readonly IFix[] | null;
}

/** Row accounting of one step: rows_in + added = rows_out + dropped. */
export interface IReport {
  readonly op: string;
  readonly rows_in: number;
  readonly rows_out: number;
  readonly dropped: { readonly [reason: string]: number };
  readonly added: { readonly [reason: string]: number };
  readonly set_aside: { readonly [reason: string]: number };
  readonly findings: IFinding[];
  readonly details: { readonly [key: string]: unknown };
  readonly input?: string | null;
}

export interface IOperation {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly scope: 'each' | 'all' | 'whole';
  /** The parameter that a bare value stands for. */
  readonly main?: string | null;
  readonly schema: { readonly [key: string]: unknown };
}

export interface ISplitMethod {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  /** It names its parts itself, as kfold does. */
  readonly own_parts?: boolean;
  readonly by_key?: boolean;
  /** Of its options. */
  readonly schema?: { readonly [key: string]: unknown } | null;
}

export interface IOperations {
  readonly ops: IOperation[];
  readonly presets: { readonly [name: string]: string };
  readonly split_methods: ISplitMethod[];
  readonly rule_packs: string[];
  readonly releases: { name: string; title: string; path?: string | null; fluxes: string[] }[];
  readonly surveys: string[];
}

export interface IPlanStep {
  readonly index: number;
  readonly op: string;
  readonly title: string;
  readonly input?: string | null;
  readonly where: string;
  readonly rows_in: number | null;
  readonly rows_out: number | null;
  readonly estimated: boolean;
  readonly report?: IReport | null;
  readonly findings: IFinding[];
}

export interface IPlan {
  readonly ok: boolean;
  readonly inputs: {
    name: string;
    rows: number | null;
    columns: { name: string; type: string }[];
    findings: IFinding[];
    report?: IReport | null;
  }[];
  readonly steps: IPlanStep[];
  readonly findings: IFinding[];
  readonly columns: { name: string; type: string }[];
  readonly bytes?: number | null;
}

export type RunState = 'pending' | 'running' | 'stopping' | 'stopped' | 'done' | 'failed';

export interface IRunStep {
  readonly index: number;
  readonly op: string;
  readonly input?: string | null;
  readonly state: 'running' | 'done' | 'failed';
  readonly fraction: number;
  readonly message: string;
  readonly rows_in?: number | null;
  readonly rows_out?: number | null;
  readonly report?: IReport | null;
  /** How far it is, in what it works on, such as partitions; `rows`: found so far. */
  readonly amount?: {
    done: number;
    total: number;
    unit: string;
    rows?: number | null;
    seconds_left?: number | null;
  } | null;
}

/** The result as a product of the engine's own PZ Server; `access`: how to read it, in Markdown. */
export interface IRunProduct {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly access?: string;
}

export interface IRunResult {
  readonly parts: { name: string; rows: number }[];
  readonly files: { path: string; bytes: number; sha256: string }[];
  readonly tables: { name: string; path: string }[];
  readonly accounting: IReport[];
  readonly citations: string[];
  /** What differs from the run whose lock stands beside a bundle's recipe. */
  readonly replay?: IFinding[];
}

export interface IRun {
  readonly id: string;
  readonly recipe: string;
  readonly path?: string | null;
  readonly state: RunState;
  readonly created: string;
  readonly started?: string | null;
  readonly ended?: string | null;
  readonly fraction: number;
  readonly stage: string;
  readonly steps: IRunStep[];
  readonly bundle?: string | null;
  readonly error?: { message: string; remedy?: string | null; where?: string | null } | null;
  readonly result?: IRunResult | null;
  /** A run of a recipe, or of one step that a kernel handed over. */
  readonly kind?: 'recipe' | 'step';
  /** Of the running step, where it can tell. */
  readonly seconds_left?: number | null;
  /** Place in the queue; 1 comes next. */
  readonly position?: number | null;
  /** Where partitions are worked on, in words. */
  readonly where?: string;
  /** A retry goes on from partial work that is kept. */
  readonly resumable?: boolean;
  /** The user was told of its end. */
  readonly told?: boolean;
  readonly product?: IRunProduct | null;
  /** Why the result is no product although it should be. */
  readonly product_trouble?: { message: string; remedy?: string | null } | null;
}

export interface IVerification {
  readonly ok: boolean;
  readonly problems: { code: string; message: string; where?: string | null }[];
  readonly warnings?: { code: string; message: string; where?: string | null }[];
  readonly checked: string[];
}

/** Which split of a recipe to preview; `table`: the training set of its last run, for when the plan has no rows. */
export interface ISplitRequest {
  readonly step: number;
  readonly magnitude?: string | null;
  readonly table?: string | null;
}

/** A split as it would come out; `columns` and `parts` are ids of Arrow streams. */
export interface ISplitPreview {
  /** Whose rows: those of the plan, those before a match that is only estimated, or those of the last run. */
  readonly source: 'plan' | 'before_match' | 'run';
  readonly rows: number;
  /** Rows in all, where `rows` is a sample of them. */
  readonly of: number;
  readonly key: string;
  readonly seed: number;
  readonly method: string;
  readonly labels: string[];
  readonly magnitude?: string | null;
  readonly magnitudes: string[];
  readonly columns: string;
  /** Null where the browser works the parts out from key and seed. */
  readonly parts?: string | null;
  readonly report: IReport;
}

/** A recipe as code: `cells` of Python, one a step; all of them; a shell command. */
export interface ICode {
  readonly cells: readonly string[];
  readonly python: string;
  readonly command: string;
}

/** Coverage of a step whose plan has no rows; `table`: the training set of the last run. */
export interface ICoverageRequest {
  readonly step: number;
  readonly table?: string | null;
}

/** `coverage` as in a step's report; null where nobody has rows to measure. */
export interface ICoverage {
  readonly source: 'plan' | 'run' | 'none';
  readonly coverage: { readonly [key: string]: unknown } | null;
}

/** What another release would change in a recipe; `located`: whether its catalogue could be looked at. */
export interface IMoved {
  readonly old: { readonly name: string; readonly title: string };
  readonly new: { readonly name: string; readonly title: string };
  readonly located: boolean;
  /** What the recipe names and the release has not. */
  readonly missing: readonly IFinding[];
  /** What is another thing there. */
  readonly changed: readonly IFinding[];
}

/** A recipe as it stands in the editor: its text, and the document's path, from which relative paths start. */
export interface IRecipeText {
  readonly text: string;
  readonly path: string;
}

export interface IRecipeBackend {
  operations(signal?: AbortSignal): Promise<IOperations>;
  plan(recipe: IRecipeText, signal?: AbortSignal): Promise<IPlan>;
  /** What a split would give; left out where nobody can tell. */
  previewSplit?(recipe: IRecipeText, request: ISplitRequest, signal?: AbortSignal): Promise<ISplitPreview>;
  /** An Arrow stream of a preview. */
  previewColumns?(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** How well a part covers a target, where the plan itself can't tell. */
  coverage?(recipe: IRecipeText, request: ICoverageRequest, signal?: AbortSignal): Promise<ICoverage>;
  /** The recipe as code; `start`: the folder where the Python will run, from the recipe's own. */
  code?(recipe: IRecipeText, start: string | null, signal?: AbortSignal): Promise<ICode>;
  /** What matching to another release would change; `to` as the match's parameter has it. */
  move?(recipe: IRecipeText, to: unknown, signal?: AbortSignal): Promise<IMoved>;
  /** Write the recipe as a file, where it is none yet; its path. */
  save?(recipe: IRecipeText): Promise<string>;
  run(recipe: IRecipeText, signal?: AbortSignal): Promise<IRun>;
  /** The run as it is now; poll it while its state is pending, running or stopping. */
  status(id: string, signal?: AbortSignal): Promise<IRun>;
  stop(id: string): Promise<IRun>;
  verify(bundle: string, signal?: AbortSignal): Promise<IVerification>;
}
