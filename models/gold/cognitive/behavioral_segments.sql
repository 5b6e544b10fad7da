/*---
description: >-
  One row: how the music of the whole life sounded on average, and a name for that sound. It speaks
  of the streams with features only, which are no random sample, and a mean in the middle may come
  of opposites. The averages, name and suggestion are null below 30 streams with features, so also
  without a catalogue. It describes music, not a person, and is no advice on health.
columns:
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
    data_tests: [not_null]
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
  - row_count: { min: 1, max: 1 }
  - expression: { expression: plays_with_features <= total_listens }
---*/

with

segments as (

    select * from {{ref 'segments'}}

),

whole_life as (

    select
        {{#each (list 'valence' 'energy' 'danceability' 'acousticness') as |feature|}}
        overall_{{feature}},
        {{/each}}
        mood_variability,
        energy_variability,
        total_listens,
        plays_with_features,
        listening_archetype,
        archetype_description,
        wellbeing_recommendation

    from segments

    where is_whole_life

)

select * from whole_life
