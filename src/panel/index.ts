export { type IPanelBackend, type IRecipeFile, type IRecipeFolder, PanelModel } from './model';
export { type IPanelActions, PanelWidget } from './panel';
