/**
 * The style of a picture in light and in dark surroundings, by class: `ground`, text (`ink`, and `quiet` for what matters
 * less), `grid`, and `band` for stretches. The colours of data stay: they stand out from both grounds.
 */
export const SVG_STYLE = `<style>
.ground { fill: #ffffff } .ink, text { fill: #1c2127 } text.quiet { fill: #5f6670 }
.halo { stroke: #ffffff; stroke-width: 4; paint-order: stroke; stroke-linejoin: round }
.grid { stroke: #e6e8eb } .axis { stroke: #444b54 } .process { stroke: #4b5563 } .hollow { fill: #ffffff }
.band { fill: #fde3d3; stroke: #d9632a } text.band-label { fill: #8a3a12 } .unknown { fill: #d9dde1 }
@media (prefers-color-scheme: dark) {
.ground { fill: #14181d } .ink, text { fill: #e3e7ec } text.quiet { fill: #9aa4af }
.halo { stroke: #14181d } .grid { stroke: #2a3038 } .axis { stroke: #9aa4af } .process { stroke: #b6bec8 } .hollow { fill: #14181d }
.band { fill: #4a2a18; stroke: #e0793f } text.band-label { fill: #f4c3a3 } .unknown { fill: #3a424c }
}
</style>`;
