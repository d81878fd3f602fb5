export { FigureMenu, type IFigureMenuProps } from './FigureMenu';
