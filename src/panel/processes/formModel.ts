/** A new process: what is entered, what it is checked against, and how it is sent. */
import { type ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  INamed,
  IPipeline,
  IProcessDetail,
  IProcessRequest,
  IProduct,
  IRelease,
  PzService,
  Settings
} from '../../api';
import type { IServer } from '../product/model';
import { type ITrouble, Section } from '../section';
import { type IFacts, type IInput, type IProblem, problemsOf } from './check';
import { fitted } from './choices';
import { shown } from './compare';
import { EMPTY, type IDraft, type IDrafts, draftOf, requestOf } from './draft';
import { InputFacts } from './inputFacts';
import { COMBINE, TSM } from './known';
import { pythonOf } from './python';
import { type ISentProcess, Sending } from './sending';
import { drawSeed, type IParameter, parametersOf, startValues } from './parameters';

export type IFormBackend = Pick<
  PzService,
  | 'pipelines'
  | 'releases'
  | 'types'
  | 'products'
  | 'product'
  | 'columns'
  | 'files'
  | 'process'
  | 'processes'
  | 'checkProcess'
  | 'submitProcess'
  | 'submitted'
> & { server(signal?: AbortSignal): Promise<IServer> };

export interface IFormOptions {
  readonly backend: IFormBackend;
  readonly drafts: IDrafts;
  readonly trans: TranslationBundle;
}

export class NewProcessModel {
  constructor(private readonly _options: IFormOptions) {
    this._draft = _options.drafts.read();
    this._inputs = new InputFacts(
      _options.backend,
      id => this.candidates.value?.find(one => one.id === id) ?? null,
      () => this._changed.emit()
    );
    this._sending = new Sending(_options.backend, _options.trans, () => this._changed.emit());
    for (const section of this._sections) {
      section.changed.connect(() => this._changed.emit());
    }
    this.pipelines.changed.connect(() => this._settle());
    this.releases.changed.connect(() => this._settle());
  }

  readonly pipelines = new Section<IPipeline[]>();
  readonly releases = new Section<IRelease[]>();
  readonly types = new Section<INamed[]>();
  readonly candidates = new Section<IProduct[]>();
  readonly server = new Section<IServer>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get draft(): IDraft {
    return this._draft;
  }

  get search(): string {
    return this._search;
  }

  get busy(): boolean {
    return this._sending.busy;
  }

  /** What the last try failed with. */
  get trouble(): ITrouble | null {
    return this._sending.trouble;
  }

  /** What the server would ignore or change, in words; the next try sends it all the same. */
  get told(): readonly string[] {
    return this._sending.told;
  }

  /** Nobody knows whether the last request arrived. */
  get unsure(): boolean {
    return this._sending.unsure;
  }

  /** Whether a process that is tried again took the place of something that was entered. */
  get replaced(): boolean {
    return this._replaced !== null;
  }

  /** The request as Python; null before a pipeline is chosen. */
  get python(): string | null {
    const { pipeline } = this;
    return pipeline && pythonOf(this._request(pipeline), pipeline.name, this.server.value);
  }

  /** What could not be taken over from an earlier process. */
  get notice(): string | null {
    return this._notice;
  }

  get pipeline(): IPipeline | null {
    return this.pipelines.value?.find(one => one.name === this._draft.pipeline) ?? null;
  }

  get parameters(): readonly IParameter[] {
    const { pipeline } = this;
    return pipeline === null ? [] : parametersOf(pipeline, this._options.trans);
  }

  get needsRelease(): boolean {
    return this._draft.pipeline === TSM;
  }

  get takesFlags(): boolean {
    return COMBINE.includes(this._draft.pipeline);
  }

  get release(): IRelease | null {
    return this.releases.value?.find(one => one.id === this._draft.release) ?? null;
  }

  /** The chosen inputs, as far as they are known. */
  get inputs(): readonly IInput[] {
    return this._draft.inputs.map(id => this._inputs.of(id));
  }

  get problems(): readonly IProblem[] {
    const { pipeline } = this;
    return pipeline === null ? [] : problemsOf(this._draft, this._facts(pipeline), this._options.trans);
  }

  async load(): Promise<void> {
    const { backend } = this._options;
    await Promise.all([
      this.server.load(signal => backend.server(signal)),
      this.pipelines.load(signal => backend.pipelines(signal)),
      this.types.load(signal => backend.types(signal)),
      this.releases.load(signal => backend.releases(signal))
    ]);
    await Promise.all([this.find(this._search), this._inputs.learn(this._draft.inputs)]);
  }

  /** Catalogues that fit the words. */
  async find(search: string): Promise<void> {
    this._search = search;
    this._changed.emit();
    const accepts = this._accepts();
    const [type] = accepts;
    await this.candidates.load(async signal => {
      const all = await this._options.backend.products(
        { search, ...(accepts.length === 1 ? { type } : {}) },
        signal
      );
      return all.filter(product => accepts.length === 0 || accepts.includes(product.type));
    });
  }

  change(change: Partial<IDraft>): void {
    this._write({ ...this._draft, ...change });
    if (change.pipeline !== undefined || change.release !== undefined) {
      this._settle();
    }
    if (change.inputs !== undefined) {
      void this._inputs.learn(this._draft.inputs);
    }
  }

  /** Parameters of the present pipeline, by path. */
  set(values: { readonly [path: string]: unknown }): void {
    const { pipeline, values: all } = this._draft;
    this.change({ values: { ...all, [pipeline]: { ...all[pipeline], ...values } } });
  }

  choose(product: IProduct, chosen: boolean): void {
    const { inputs } = this._draft;
    const rest = inputs.filter(id => id !== product.id);
    // the Training Set Maker takes one: another one takes its place
    this.change({ inputs: !chosen ? rest : this.needsRelease ? [product.id] : [...rest, product.id] });
  }

  /** Begin with what an earlier process was run with. */
  async take(id: number, name: (old: string) => string): Promise<void> {
    try {
      const process = await this._options.backend.process(id);
      const { _draft: draft } = this;
      this._replaced = draft.name || draft.inputs.length > 0 ? draft : null;
      this._write(draftOf(process, name(process.name)));
      this._settle();
      const rules = (one: unknown) => shown((one as Settings | null | undefined)?.flags_translation_file);
      const used = rules(process.config?.param);
      if (this.takesFlags && used !== '—' && used !== rules(this.pipeline?.parameters)) {
        this._notice = this._options.trans.__('It used the flag rules %1: choose that file again.', used);
      }
      await this._inputs.learn(this._draft.inputs);
    } catch (error) {
      this._sending.fail(error);
    }
  }

  /** What was entered before a process was tried again. */
  takeBack(): void {
    if (this._replaced) {
      this._write(this._replaced);
      this._replaced = null;
      this._notice = null;
      void this._inputs.learn(this._draft.inputs);
    }
  }

  clear(): void {
    this._notice = null;
    this._sending.reset();
    this._write({ ...EMPTY, pipeline: this._draft.pipeline });
    this._settle();
  }

  /**
   * Check and send. What the server says that it would ignore is told first: the same request is sent when it is asked
   * for again. The process, once there is one.
   */
  async submit(): Promise<IProcessDetail | null> {
    const { pipeline } = this;
    if (pipeline === null || this.problems.some(one => one.level === 'error')) {
      return null;
    }
    return this._done(await this._sending.submit(this._request(pipeline)));
  }

  /** Look whether a request arrived whose answer was lost. */
  async lookAgain(): Promise<IProcessDetail | null> {
    return this._done(await this._sending.lookAgain());
  }

  dispose(): void {
    this._sections.forEach(section => section.dispose());
    Signal.clearData(this);
  }

  private _done(made: ISentProcess | null): IProcessDetail | null {
    if (made === null) {
      return null;
    }
    const { process, request } = made;
    const { param, format } = request;
    this._options.drafts.send({ key: sentKey(this.server.value, process.id), param, format });
    this._notice = null;
    this._replaced = null;
    this._write({ ...this._draft, name: '', description: '', inputs: [] });
    return process;
  }

  private _request(pipeline: IPipeline): IProcessRequest {
    return requestOf(this._draft, pipeline.id, this.takesFlags, this.needsRelease);
  }

  private _write(draft: IDraft): void {
    this._draft = draft;
    this._options.drafts.write(draft);
    this._changed.emit();
  }

  /** Values for what is not set yet, and choices that the release offers. */
  private _settle(): void {
    const [first] = this.pipelines.value ?? [];
    if (!this.pipeline && first && !this.pipelines.loading) {
      this._write({ ...this._draft, pipeline: first.name });
    }
    const { pipeline, release, draft } = this;
    if (pipeline === null) {
      return;
    }
    const before = draft.values[pipeline.name] ?? {};
    const values: Record<string, unknown> = startValues(this.parameters, before);
    if ('random_seed' in values && values.random_seed === null && !('random_seed' in before)) {
      values.random_seed = drawSeed();
    }
    const usable = this.releases.value?.filter(one => one.hasMagnitudes || one.hasFluxes) ?? [];
    const only = this.needsRelease && draft.release === null && usable.length === 1 ? usable[0] : null;
    const chosen = release ?? only;
    const fitting = this.needsRelease && chosen ? fitted(values, chosen) : values;
    const next = {
      ...draft,
      release: only ? only.id : draft.release,
      values: { ...draft.values, [pipeline.name]: fitting }
    };
    if (JSON.stringify(next) !== JSON.stringify(draft)) {
      this._write(next);
    }
  }

  private _accepts(): string[] {
    const accepts = this.pipeline?.accepts ?? [];
    return (this.types.value ?? []).filter(type => accepts.includes(type.id)).map(type => type.name);
  }

  private _facts(pipeline: IPipeline): IFacts {
    return {
      ...{ pipeline, parameters: this.parameters, inputs: this.inputs, accepts: this._accepts() },
      releases: this.releases.value,
      own: this.server.value?.kind === 'engine'
    };
  }

  private get _sections(): Section<unknown>[] {
    return [this.pipelines, this.releases, this.types, this.candidates, this.server];
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _inputs: InputFacts;
  private _draft: IDraft;
  private readonly _sending: Sending;
  private _search = '';
  private _notice: string | null = null;
  private _replaced: IDraft | null = null;
}

/** What a process is known by here: numbers of one server mean something else on another. */
export function sentKey(server: IServer | null, process: number): string {
  return `${server?.url ?? ''} ${process}`;
}
