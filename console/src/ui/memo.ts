import { Component, createElement, type ComponentType } from 'preact';

/** Draws again only when `same` says that the properties changed. */
export function memo<P extends object>(drawn: ComponentType<P>, same: (before: P, after: P) => boolean): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props as P, next);
    }
    override render() {
      return createElement(drawn, this.props as P);
    }
  };
}
