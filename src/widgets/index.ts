export { ExploreModel } from './exploreModel';
export { ExploreView } from './exploreView';
