/*---
description: >-
  One row a local year with streams: how its music sounded on average, and a name for that sound, as
  behavioral_segments has them for the whole life. The averages, name and suggestion are null below
  30 streams with features, so also without a catalogue.
columns:
  - name: listening_year
    description: Local year of the start.
    data_tests: [unique, not_null]
  - name: is_partial
    description: >-
      Whether it is the first year and the record begins after 1 January, or the last and it ends
      before 31 December.
    data_tests: [not_null]
  - name: overall_valence
    description: Mean valence of the streams with features.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: overall_energy
    description: Mean energy.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: overall_danceability
    description: Mean danceability.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: overall_acousticness
    description: Mean acousticness.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: mood_variability
    description: Standard deviation of valence over the streams.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: energy_variability
    description: Standard deviation of energy over the streams.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: total_listens
    description: Streams, with features or not.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: plays_with_features
    description: Streams with features, over which the averages are.
    data_tests: [not_null]
  - name: listening_archetype
    description: Name of that sound, by mean valence and energy, from seed listening_archetypes.
    data_tests:
      - relationships: { to: listening_archetypes, field: listening_archetype }
  - name: archetype_description
    description: What such music sounds like, from the same seed.
  - name: wellbeing_recommendation
    description: A suggestion about the music, from seed listening_recommendations.
data_tests:
  - expression: { expression: plays_with_features <= total_listens }
---*/

with

segments as (

    select * from {{ref 'segments'}}

    where not is_whole_life

),

covered_days as (

    select min(covered_date) as first_date, max(covered_date) as last_date

    from {{ref 'covered_days'}}

),

years_marked as (

    select
        segments.listening_year,
        covered_days.first_date > {{> year_date year='segments.listening_year' day='01-01'}}
            or covered_days.last_date < {{> year_date year='segments.listening_year' day='12-31'}}
            as is_partial,
        {{#each (list
            'overall_valence' 'overall_energy' 'overall_danceability' 'overall_acousticness'
            'mood_variability' 'energy_variability' 'total_listens' 'plays_with_features'
            'listening_archetype' 'archetype_description' 'wellbeing_recommendation'
        ) as |column|}}
        segments.{{column}}{{#unless @last}},{{/unless}}
        {{/each}}

    from segments

    cross join covered_days

    order by segments.listening_year

)

select * from years_marked
