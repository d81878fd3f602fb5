/**
 * What the engine says it answers is what the front end reads: checked by the compiler, against the types that
 * `make schemas` generates from the engine's own models. Nothing here runs.
 */
import type { IMoved, IOperations, IPlan, IRun, IVerification } from '../recipe/backend';
import type { IConflicts, IExported, IKeptCounts, IProposed, ITableInfo, IWhy } from '../table/source';
import type { components } from './generated/openapi';
import type {
  IArchiveDownload,
  ICounted,
  IPreviewed,
  IRegistry,
  IRegistryEntry,
  IRegistryInput
} from './registry';

type Answers = components['schemas'];

/** Fails to compile unless every `Said` can stand where a `Read` is wanted. */
type Conforms<Said extends Read, Read> = Said;

export type Checked = [
  Conforms<Answers['TableInfo'], ITableInfo>,
  Conforms<Answers['Exported'], IExported>,
  Conforms<Answers['KeptCounts'], IKeptCounts>,
  Conforms<Answers['Proposed'], IProposed>,
  Conforms<Answers['Why'], IWhy>,
  Conforms<Answers['Conflicts'], IConflicts>,
  Conforms<Answers['Operations'], IOperations>,
  Conforms<Answers['Plan'], IPlan>,
  Conforms<Answers['MovedRecipe'], IMoved>,
  Conforms<Answers['Run'], IRun>,
  Conforms<Answers['Verification'], IVerification>,
  Conforms<Answers['Registry'], IRegistry>,
  Conforms<Answers['Entry'], IRegistryEntry>,
  Conforms<Answers['Counted'], ICounted>,
  Conforms<Answers['Previewed'], IPreviewed>,
  Conforms<Answers['RegistryInput'], IRegistryInput>,
  Conforms<Answers['ArchiveDownload'], IArchiveDownload>
];
