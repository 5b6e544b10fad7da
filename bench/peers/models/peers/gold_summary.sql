select 'plays' as metric, cast(sum(plays) as double) as value from {{ref 'gold_plays_by_hour'}}
union all
select 'sessions' as metric, cast(sum(sessions) as double) as value from {{ref 'gold_session_stats'}}
union all
select 'new_tracks' as metric, cast(sum(new_tracks) as double) as value from {{ref 'gold_discovery_by_month'}}
union all
select 'anomalous_hours' as metric, cast(count(*) as double) as value from {{ref 'gold_hourly_anomalies'}}
union all
select 'mood_shifts' as metric, cast(count(*) as double) as value from {{ref 'gold_mood_shifts'}}
