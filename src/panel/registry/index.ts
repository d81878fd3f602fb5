export { citationText, type IEntryActions } from './entry';
export { EntryModel } from './entryModel';
export { RegistryModel } from './model';
export { RegistryEntryWidget, RegistryListWidget, type RegistryWidget } from './widget';
