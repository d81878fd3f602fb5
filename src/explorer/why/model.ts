import { type ISignal, Signal } from '@lumino/signaling';
import type { ExplorerModel } from '../model';
import { troubleOf, type ITrouble } from '../trouble';
import {
  readConflicts,
  readExplanation,
  type IConflictItem,
  type IDecision,
  type IExplanation
} from './explanation';
import { find, ID } from './place';

const GROUP = 'group_id';
/** Conflicts fetched at a time. */
const PAGE = 100;

/** Why the object of the open row has its redshift, and which objects are in conflict. */
export class WhyModel {
  constructor(private readonly _explorer: ExplorerModel) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the table is combined and its source can explain it. */
  get offered(): boolean {
    return this._explorer.source.why !== undefined && this.isCombined;
  }

  /** The object last asked about, complete; it stays until the next is here. */
  get explanation(): IExplanation | null {
    return this._explanation;
  }

  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Why a row could not be opened, and which; null when the last one could. */
  get openTrouble(): (ITrouble & { readonly rowId: string }) | null {
    return this._openTrouble;
  }

  /** The row that is asked about, when its explanation is on its way. */
  get awaited(): string | null {
    return this._awaited;
  }

  /** A row that is open though it doesn't pass the condition or the search. */
  get outside(): string | null {
    return this._outside;
  }

  /** Objects in conflict, in all; null until it is known. */
  get total(): number | null {
    return this._total;
  }

  /** Those that have been fetched. */
  get conflicts(): readonly IConflictItem[] {
    return this._conflicts;
  }

  get conflictsTrouble(): ITrouble | null {
    return this._conflictsTrouble;
  }

  /** Whether the list of conflicts is to be seen; a row's details take its place. */
  get listed(): boolean {
    return this._listed && this._explorer.open === null;
  }

  /** What was decided here about a row, and not yet in the table. */
  decided(rowId: string): IDecision | null {
    return this._decided.get(rowId) ?? null;
  }

  remember(decision: IDecision): void {
    this._decided.set(decision.rowId, decision);
    this._changed.emit();
  }

  /** Explain the object that a row measures. */
  async explain(rowId: string): Promise<void> {
    if (rowId === this._awaited || (this._awaited === null && this.explains(rowId))) {
      return;
    }
    this._asking.abort();
    const abort = (this._asking = new AbortController());
    this._awaited = rowId;
    this._trouble = null;
    this._changed.emit();
    try {
      const said = readExplanation(await this._explorer.source.why!(rowId, abort.signal));
      if (!abort.signal.aborted) {
        this._explanation = said;
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this._explanation = null;
        this._trouble = troubleOf(error);
      }
    }
    if (!abort.signal.aborted) {
      this._awaited = null;
      this._changed.emit();
    }
  }

  /** Open the details of a row given by its id: among those shown where it passes, else beside them. */
  async open(rowId: string): Promise<void> {
    this._finding.abort();
    const abort = (this._finding = new AbortController());
    const { source, windows } = this._explorer;
    this._openTrouble = null;
    this._opening = rowId;
    this._changed.emit();
    try {
      const found = await find(source, windows.query, rowId, abort.signal);
      if (abort.signal.aborted) {
        return;
      }
      if (found === null) {
        throw new Error(`Row ${rowId} is not in this table.`);
      }
      this._outside = found.passes ? null : rowId;
      this.cancelOpening(); // it is found
      if (found.place === null) {
        this._explorer.openOther(found.values);
      } else {
        void this._explorer.openRow(found.place);
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this._opening = null;
        this._openTrouble = { rowId, ...troubleOf(error) };
        this._changed.emit();
      }
    }
  }

  /** Another row was chosen, or none: what was being looked for, or could not be had, is no longer wanted. */
  cancelOpening(): void {
    this._finding.abort();
    if (this._opening !== null || this._openTrouble !== null) {
      this._opening = null;
      this._openTrouble = null;
      this._changed.emit();
    }
  }

  /** The row that is about to be opened. */
  get opening(): string | null {
    return this._opening;
  }

  setListed(listed: boolean): void {
    this._listed = listed;
    if (listed && this._explorer.open !== null) {
      this._explorer.closeRow();
    }
    this._changed.emit();
  }

  /** Count the conflicts, or fetch some more of them. */
  async more(): Promise<void> {
    const { source, info } = this._explorer;
    const agreement = info?.columns.find(({ name }) => name === 'agreement')?.values;
    if (agreement && agreement.length < 10 && !agreement.some(({ value }) => value === 'conflict')) {
      // known without asking
      this._total = 0;
      this._changed.emit();
      return;
    }
    if (source.conflicts === undefined || !this.isCombined || this._fetching) {
      return;
    }
    this._fetching = true;
    this._conflictsTrouble = null;
    try {
      const start = this._conflicts.length;
      const said = readConflicts(await source.conflicts(start, PAGE, this._gone.signal));
      this._total = said.total;
      this._conflicts = [...this._conflicts.slice(0, start), ...said.items];
    } catch (error) {
      this._conflictsTrouble = troubleOf(error);
    }
    this._fetching = false;
    this._changed.emit();
  }

  dispose(): void {
    this._asking.abort();
    this._finding.abort();
    this._gone.abort();
    Signal.clearData(this);
  }

  private get isCombined(): boolean {
    const names = this._explorer.info?.columns.map(({ name }) => name) ?? [];
    return names.includes(ID) && names.includes(GROUP);
  }

  private explains(rowId: string): boolean {
    return this._explanation?.measurements.some(one => one.rowId === rowId) ?? false;
  }

  private readonly _decided = new Map<string, IDecision>();
  private readonly _gone = new AbortController();
  private _asking = new AbortController();
  private _finding = new AbortController();
  private _explanation: IExplanation | null = null;
  private _trouble: ITrouble | null = null;
  private _openTrouble: (ITrouble & { readonly rowId: string }) | null = null;
  private _awaited: string | null = null;
  private _outside: string | null = null;
  private _opening: string | null = null;
  private _total: number | null = null;
  private _conflicts: IConflictItem[] = [];
  private _conflictsTrouble: ITrouble | null = null;
  private _fetching = false;
  private _listed = false;
  private _changed = new Signal<this, void>(this);
}
