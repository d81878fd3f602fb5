/**
 * The state of a recipe editor: the text, what it says, its plan, its run. No DOM, no shell, no URL.
 */
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  ICode,
  ICoverage,
  ICoverageRequest,
  IMoved,
  IOperations,
  IPlan,
  IRecipeBackend,
  IRecipeText,
  IRun,
  IVerification
} from './backend';
import { equal, type IRecipeValue, type ISyntaxTrouble, read } from './document';
import type { ITextHolder, ITrouble } from './holder';
import { asPython } from './python';
import { Adding } from './own/model';
import type { ISplitBackend } from './split/model';

export type { ITextHolder, ITrouble };

export interface IRecipeModelOptions {
  readonly holder: ITextHolder;
  readonly backend: IRecipeBackend;
  /** Milliseconds of rest after an edit before the plan is asked for again. */
  readonly rest?: number;
  /** The same after a change of the step in focus by its form: what it does is being looked at. */
  readonly quickRest?: number;
  /** Waits between two looks at a running job; a test gives its own. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const ENDED = ['done', 'failed', 'stopped'];

export class RecipeModel {
  constructor(options: IRecipeModelOptions) {
    this._holder = options.holder;
    this._backend = options.backend;
    this._rest = options.rest ?? 600;
    this._quickRest = options.quickRest ?? Math.min(150, this._rest);
    this._wait = options.wait ?? (ms => new Promise(resolve => setTimeout(resolve, ms)));
    this._read();
    this._holder.changed.connect(this._onText, this);
  }

  /** Anything a view shows may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The table that is about to become an input. */
  readonly adding = new Adding();

  get path(): string {
    return this._holder.path;
  }

  get text(): string {
    return this._holder.text;
  }

  /** The last text that could be read; the form shows it, read-only while `syntax` is set. */
  get value(): IRecipeValue {
    return this._value;
  }

  /** Why the text as it stands can't be shown as a form. */
  get syntax(): ISyntaxTrouble | null {
    return this._syntax;
  }

  get operations(): IOperations | null {
    return this._operations;
  }

  get plan(): IPlan | null {
    return this._plan;
  }

  get planning(): boolean {
    return this._planning || this._loading;
  }

  /** True when the plan shown is of an older text. */
  get planIsOld(): boolean {
    return this._plan !== null && this._planText !== this.text;
  }

  /** The plan before the last edit that could be planned: what the present one is compared with. */
  get planBefore(): IPlan | null {
    return this._planBefore;
  }

  get run(): IRun | null {
    return this._run;
  }

  /** The last run of this recipe that came to its end well. */
  get lastRun(): IRun | null {
    return this._run?.state === 'done' ? this._run : this._lastRun;
  }

  /** A run of before this editor was opened, for comparison only. */
  set lastRun(run: IRun | null) {
    this._lastRun = run;
    this._changed.emit();
  }

  get running(): boolean {
    return this._run !== null && !ENDED.includes(this._run.state);
  }

  get verification(): IVerification | null {
    return this._verification;
  }

  /** Trouble with the engine itself (not with the recipe: that is in the plan or the run). */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Index of the step in focus; the right side shows its consequence. */
  get focus(): number | null {
    return this._focus;
  }

  set focus(index: number | null) {
    if (index !== this._focus) {
      this._focus = index;
      this._changed.emit();
    }
  }

  /** Ask for the operations and a first plan. */
  async load(): Promise<void> {
    this._loading = true; // an engine that starts takes seconds
    await this._guard(async () => {
      this._operations = await this._backend.operations(this._abort.signal);
    });
    this._loading = false;
    await this.makePlan();
  }

  /** Change the text by one of the functions of `document.ts`; refused while the text can't be read. */
  edit(change: (text: string) => string): void {
    if (this._syntax) {
      return;
    }
    const after = change(this.text);
    if (after !== this.text) {
      this._editing = true;
      try {
        this._holder.text = after;
      } finally {
        this._editing = false;
      }
    }
  }

  /** The plan of another text (a question of a view's own); what is shown stays. */
  planOf(text: string, signal: AbortSignal): Promise<IPlan> {
    return this._backend.plan({ text, path: this.path }, signal);
  }

  /** The recipe as code; `start`: where the Python will run, from the recipe's folder. */
  async code(start: string | null = null): Promise<ICode> {
    if (this._backend.code) {
      return this._backend.code(this._asked, start);
    }
    const python = asPython(this.path);
    return { cells: [python], python, command: '' };
  }

  /** Writes the recipe as a file; null where it is one. */
  get save(): (() => Promise<string>) | null {
    const { save } = this._backend;
    return save ? () => save.call(this._backend, this._asked) : null;
  }

  /** Coverage of the rows of the last run, where the plan has none; null where nobody can tell. */
  coverage(request: ICoverageRequest, signal: AbortSignal): Promise<ICoverage> | null {
    const { coverage } = this._backend;
    return coverage ? coverage.call(this._backend, this._asked, request, signal) : null;
  }

  /** What matching to another release would change; null where nobody can tell. */
  get move(): ((to: unknown, signal: AbortSignal) => Promise<IMoved>) | null {
    const { move } = this._backend;
    return move ? (to, signal) => move.call(this._backend, this._asked, to, signal) : null;
  }

  /** What asks for a split's preview; null where the backend can't tell. */
  get splitBackend(): ISplitBackend | null {
    const { previewSplit, previewColumns } = this._backend;
    return previewSplit && previewColumns
      ? {
          preview: (text, request, signal) =>
            previewSplit.call(this._backend, { text, path: this.path }, request, signal),
          columns: (id, signal) => previewColumns.call(this._backend, id, signal)
        }
      : null;
  }

  async makePlan(): Promise<void> {
    clearTimeout(this._timer);
    if (this._syntax || this._disposed) {
      this._planning = false;
      return;
    }
    const text = this.text;
    this._planAbort?.abort();
    const abort = new AbortController();
    this._planAbort = abort;
    this._askedText = text;
    this._planning = true;
    this._changed.emit();
    await this._guard(async () => {
      const plan = await this._backend.plan({ text, path: this.path }, abort.signal);
      if (this._planAbort === abort) {
        if (this._plan?.steps.some(step => step.report) && this._planText !== text) {
          this._planBefore = this._plan;
        }
        this._plan = plan;
        this._planText = text;
      }
    }, abort);
    if (this._planAbort === abort) {
      this._planAbort = null;
      this._planning = false;
      this._changed.emit();
    }
  }

  /** Run the recipe as it stands and follow it until it ends. */
  async start(): Promise<void> {
    if (this.running || this._syntax) {
      return;
    }
    this._verification = null;
    this._lastRun = this.lastRun;
    await this._guard(async () => {
      await this._holder.save?.();
      this._run = await this._backend.run(this._asked);
      this._changed.emit();
    });
    await this.follow();
  }

  /** Follow a run that was started before (this editor was closed and opened again). */
  async adopt(run: IRun): Promise<void> {
    this._lastRun = this.lastRun;
    this._run = run;
    this._changed.emit();
    await this.follow();
  }

  async stop(): Promise<void> {
    const run = this._run;
    if (run && this.running) {
      await this._guard(async () => {
        this._run = await this._backend.stop(run.id);
      });
      this._changed.emit();
    }
  }

  async verify(): Promise<void> {
    const bundle = this._run?.bundle;
    if (bundle) {
      await this._guard(async () => {
        this._verification = await this._backend.verify(bundle, this._abort.signal);
      });
      this._changed.emit();
    }
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    clearTimeout(this._timer);
    this._abort.abort();
    this._planAbort?.abort();
    this.adding.dispose();
    Signal.clearData(this);
  }

  /** Look at the run until it ends; a look that fails is repeated, later each time. */
  async follow(): Promise<void> {
    let pause = 300;
    while (this.running && !this._disposed) {
      await this._wait(pause);
      if (this._disposed || !this._run) {
        return;
      }
      const id = this._run.id;
      const well = await this._guard(async () => {
        const run = await this._backend.status(id, this._abort.signal);
        if (this._run?.id === id) {
          this._run = run;
        }
      });
      pause = well ? Math.min(pause * 1.2, 2000) : Math.min(pause * 2, 15000);
      this._changed.emit();
    }
  }

  private _onText(): void {
    const before = this._value;
    this._read();
    clearTimeout(this._timer);
    if (this._planAbort && this.text !== this._askedText) {
      this._planAbort.abort(); // its answer would be about a text that is gone
      this._planAbort = null;
    }
    if (this._syntax || this.text === this._planText) {
      this._planning &&= this._planAbort !== null;
    } else if (this._planAbort === null) {
      const rest = this._editing && this._inFocus(before) ? this._quickRest : this._rest;
      this._timer = setTimeout(() => void this.makePlan(), rest);
    }
    this._changed.emit();
  }

  /** Whether the step in focus is all that differs. */
  private _inFocus(before: IRecipeValue): boolean {
    const { steps, inputs } = this._value;
    return (
      this._focus !== null &&
      steps.length === before.steps.length &&
      steps.every((step, index) => (index === this._focus) !== equal(step, before.steps[index])) &&
      equal(inputs, before.inputs)
    );
  }

  private get _asked(): IRecipeText {
    return { text: this.text, path: this.path };
  }

  private _read(): void {
    const reading = read(this._holder.text);
    if (reading.ok) {
      this._value = reading.value;
      this._syntax = null;
    } else {
      this._syntax = reading.trouble;
    }
  }

  private async _guard(work: () => Promise<void>, abort: AbortController = this._abort): Promise<boolean> {
    try {
      await work();
      this._trouble = null;
      return true;
    } catch (error) {
      if (!abort.signal.aborted && !this._disposed) {
        const { message, remedy } = error as { message: string; remedy?: string | null };
        this._trouble = { message, remedy };
        this._changed.emit();
      }
      return false;
    }
  }

  private readonly _holder: ITextHolder;
  private readonly _backend: IRecipeBackend;
  private readonly _rest: number;
  private readonly _quickRest: number;
  private readonly _wait: (milliseconds: number) => Promise<void>;
  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
  /** Of the plan that is being made. */
  private _planAbort: AbortController | null = null;
  private _askedText: string | null = null;
  private _editing = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _value: IRecipeValue = { inputs: {}, steps: [], write: [] };
  private _syntax: ISyntaxTrouble | null = null;
  private _operations: IOperations | null = null;
  private _plan: IPlan | null = null;
  private _planText: string | null = null;
  private _planBefore: IPlan | null = null;
  private _planning = false;
  private _loading = false;
  private _run: IRun | null = null;
  private _lastRun: IRun | null = null;
  private _verification: IVerification | null = null;
  private _trouble: ITrouble | null = null;
  private _focus: number | null = null;
  private _disposed = false;
}
