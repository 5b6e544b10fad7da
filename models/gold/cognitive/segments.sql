/*---
description: >-
  One row a local year with streams and one, without a year, for the whole life: how the music
  sounded on average, with its archetype and suggestion. All of that is null below 30 streams with
  features. The row of the whole life is there without any stream too.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year of the start; null in the row of the whole life.
  - name: is_whole_life
    description: Whether it is that row.
  - name: overall_valence
    description: Mean valence of the streams with features.
  - name: overall_energy
    description: Mean energy.
  - name: overall_danceability
    description: Mean danceability.
  - name: overall_acousticness
    description: Mean acousticness.
  - name: mood_variability
    description: Standard deviation of valence.
  - name: energy_variability
    description: Standard deviation of energy.
  - name: total_listens
    description: Streams.
  - name: plays_with_features
    description: Streams with features.
  - name: listening_archetype
    description: Name of the music by its mean valence and energy.
  - name: archetype_description
    description: What such music sounds like.
  - name: wellbeing_recommendation
    description: A suggestion about the music.
---*/

with

streams as (

    select *, year(listening_date) as listening_year from {{ref 'streams'}}

),

listening_archetypes as (

    select * from {{ref 'listening_archetypes'}}

),

listening_recommendations as (

    select * from {{ref 'listening_recommendations'}}

),

spans_measured as (

    select
        listening_year,
        grouping(listening_year) = 1 as is_whole_life,
        {{#each (list 'valence' 'energy' 'danceability' 'acousticness') as |feature|}}
        {{> average feature=feature digits='9'}} as {{feature}},
        {{/each}}
        {{> deviation feature='valence' digits='9'}} as valence_spread,
        {{> deviation feature='energy' digits='9'}} as energy_spread,
        count(*) as total_listens,
        count(*) filter (where has_features) as plays_with_features

    from streams

    group by grouping sets ((listening_year), ())

),

spans_named as (

    select
        spans_measured.*,
        listening_archetypes.listening_archetype,
        listening_archetypes.archetype_description,
        listening_recommendations.wellbeing_recommendation,
        row_number() over (
            partition by spans_measured.is_whole_life, spans_measured.listening_year
            order by archetype_label, rule_rank
        ) as name_rank

    from spans_measured

    left join listening_archetypes
        on valence >= coalesce(min_valence, cast('-Infinity' as double))
        and valence < coalesce(listening_archetypes.below_valence, cast('Infinity' as double))
        and energy >= coalesce(min_energy, cast('-Infinity' as double))
        and energy < coalesce(below_energy, cast('Infinity' as double))

    left join listening_recommendations
        on valence_spread > coalesce(above_mood_variability, cast('-Infinity' as double))
        and valence < coalesce(listening_recommendations.below_valence, cast('Infinity' as double))

    ),

segments_rounded as (

    select
        listening_year,
        is_whole_life,
        {{#each (list 'valence' 'energy' 'danceability' 'acousticness') as |feature|}}
        round({{feature}}, 3) as overall_{{feature}},
        {{/each}}
        round(valence_spread, 3) as mood_variability,
        round(energy_spread, 3) as energy_variability,
        total_listens,
        plays_with_features,
        listening_archetype,
        archetype_description,
        wellbeing_recommendation

    from spans_named

    where name_rank = 1

)

select * from segments_rounded
